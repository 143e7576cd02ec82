#!/usr/bin/env python3
"""Makes the seeds in corpus/tar, which tests/unit/tar.c reads too: archives by Python and GNU tar.

  tests/fuzz/tar_seeds.py          (from the top of the tree)
"""
import tarfile, io, subprocess, os, tempfile
out='tests/fuzz/corpus/tar/'
long='d/'+'n'*120+'/file'
def add(t,name,typ=tarfile.REGTYPE,data=b'',link='',**kw):
    i=tarfile.TarInfo(name); i.type=typ; i.size=len(data); i.linkname=link; i.mtime=kw.pop('mtime',1700000000); i.mode=kw.pop('mode',0o644)
    for k,v in kw.items(): setattr(i,k,v)
    t.addfile(i, io.BytesIO(data))
for fmt,n in ((tarfile.USTAR_FORMAT,'ustar'),(tarfile.GNU_FORMAT,'gnu'),(tarfile.PAX_FORMAT,'pax')):
    b=io.BytesIO()
    t=tarfile.open(fileobj=b,mode='w',format=fmt)
    add(t,'a',data=b'hello',uid=1000,gid=100,uname='ann',gname='users')
    add(t,'dir',tarfile.DIRTYPE,mode=0o1755)
    add(t,'dir/ln',tarfile.LNKTYPE,link='a')
    add(t,'dir/sym',tarfile.SYMTYPE,link='/etc/hosts')
    add(t,'null',tarfile.CHRTYPE,devmajor=1,devminor=3)
    add(t,'fifo',tarfile.FIFOTYPE)
    add(t,long,data=b'x'*513)
    if fmt!=tarfile.USTAR_FORMAT:
        add(t,'s',tarfile.SYMTYPE,link='t'*150)
        add(t,'n\u00e4me',data=b'1')
        add(t,'old',mtime=-2 if fmt==tarfile.GNU_FORMAT else -1.5)
        add(t,'uid',uid=3000000)
    t.close()
    v=b.getvalue().rstrip(b'\0'); v+=b'\0'*(-len(v)%512)+b'\0'*1024
    open(out+'python-'+n,'wb').write(v)
d=tempfile.mkdtemp()
open(d+'/a','w').write('hello'); os.mkdir(d+'/dir'); os.link(d+'/a',d+'/dir/ln'); os.symlink('/etc/hosts',d+'/dir/sym')
os.makedirs(d+'/d/'+'n'*90); open(d+'/d/'+'n'*90+'/file','w').write('x'*513)
for f in ('v7','oldgnu','gnu','ustar','posix'):
    names=['a','dir','d']
    subprocess.run(['tar','-b1','--sort=name','--owner=ann:1000','--group=users:100','--mode=u=rwX,go=rX','--mtime=@1700000000','--format='+f,'-cf',os.path.abspath(out+'gnutar-'+f),*names],cwd=d,check=True)
open(d+'/h','wb').truncate(100000)
with open(d+'/h','r+b') as f: f.seek(50000); f.write(b'x')
subprocess.run(['tar','-b1','-S','--format=gnu','-cf',os.path.abspath(out+'gnutar-sparse'),'h'],cwd=d,check=True)
subprocess.run(['tar','-b1','-S','--format=posix','-cf',os.path.abspath(out+'gnutar-sparse-pax'),'h'],cwd=d,check=True)
# pax specials
b=io.BytesIO(); t=tarfile.open(fileobj=b,mode='w',format=tarfile.PAX_FORMAT,pax_headers={'comment':'deadbeef'})
i=tarfile.TarInfo('x'); i.pax_headers={'SCHILY.xattr.user.note':'v=1','SCHILY.xattr.trusted.overlay.opaque':'y','mtime':'1.25'}; i.mtime=1.25; t.addfile(i); t.close()
open(out+'pax-attributes','wb').write(b.getvalue()[:5*512+1024])
b=io.BytesIO(); t=tarfile.open(fileobj=b,mode='w',format=tarfile.PAX_FORMAT,pax_headers={'path':'evil'})
t.addfile(tarfile.TarInfo('x')); t.close()
open(out+'pax-global-path','wb').write(b.getvalue()[:3*512+1024])
