/*
 * sandbox_seccomp: the system calls that a worker may make.
 *
 * An allow-list. A call that is not in it fails with EPERM, so that a libc which
 * tries a newer call first goes on with its older one. Calls that only an attacker
 * would make here end the process: that is seen, and nothing can be tried twice.
 */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/sandbox_kernel.h"

/* clang-format off */
static const int allowed[] = {
	/* descriptors */
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(fcntl),
	SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(pipe2), SCMP_SYS(splice),
	/* sockets that are there; new ones are below */
	SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(connect), SCMP_SYS(shutdown), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt),
	SCMP_SYS(getsockname), SCMP_SYS(getpeername),
	/* the loop */
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_create1), SCMP_SYS(eventfd2), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime), SCMP_SYS(restart_syscall),
	/* time and chance */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
	/* memory; never executable, see below */
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
	/* the process itself */
	SCMP_SYS(futex), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
	SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrusage), SCMP_SYS(sched_yield), SCMP_SYS(uname),
	SCMP_SYS(sysinfo), SCMP_SYS(rseq), SCMP_SYS(set_robust_list), SCMP_SYS(membarrier), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

static const int deadly[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd), SCMP_SYS(mount),
	SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns), SCMP_SYS(unshare),
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(init_module),
	SCMP_SYS(finit_module), SCMP_SYS(kexec_load), SCMP_SYS(io_uring_setup), SCMP_SYS(keyctl),
	SCMP_SYS(memfd_create), SCMP_SYS(setuid), SCMP_SYS(setresuid), SCMP_SYS(setgid), SCMP_SYS(setresgid),
	SCMP_SYS(setgroups), SCMP_SYS(capset), SCMP_SYS(personality),
};
/* clang-format on */

/* Memory that is written and then run is how most attacks go on. */
static int
allow_memory(scmp_filter_ctx ctx)
{
	static const int calls[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(calls) / sizeof(calls[0]); i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 1,
			SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return r;
}

/* A stream to the engine; SOCK_CLOEXEC and SOCK_NONBLOCK stand in the same argument. */
static int
allow_sockets(scmp_filter_ctx ctx)
{
	static const unsigned families[] = { AF_UNIX, AF_INET, AF_INET6 };
	const scmp_datum_t kind = (scmp_datum_t) ~(SOCK_CLOEXEC | SOCK_NONBLOCK) & 0xffffffffU;
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(families) / sizeof(families[0]); i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
			SCMP_A0(SCMP_CMP_EQ, families[i], 0),
			SCMP_A1(SCMP_CMP_MASKED_EQ, kind, SOCK_STREAM));
	return r;
}

/* Not those that type into a terminal. */
static int
allow_ioctl(scmp_filter_ctx ctx)
{
	static const unsigned requests[] = { FIONREAD, FIONBIO, TCGETS };
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(requests) / sizeof(requests[0]); i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
			SCMP_A1(SCMP_CMP_EQ, requests[i], 0));
	return r;
}

/* What abort() needs, for itself only; and limits are read, never set. */
static int
allow_self(scmp_filter_ctx ctx)
{
	const scmp_datum_t me = (scmp_datum_t)getpid();
	int r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
		SCMP_A0(SCMP_CMP_EQ, me, 0));

	if (r == 0)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
			SCMP_A2(SCMP_CMP_EQ, 0, 0));
	return r;
}

static int
add_all(scmp_filter_ctx ctx, uint32_t action, const int *calls, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		r = seccomp_rule_add(ctx, action, calls[i], 0);
		/* Some architectures have never had some of them. */
		if (r == -EDOM || r == -EINVAL)
			r = 0;
	}
	return r;
}

int
sandbox_seccomp(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));

	if (!ctx) {
		errno = ENOMEM;
		return -1;
	}
	int r = add_all(ctx, SCMP_ACT_ALLOW, allowed, sizeof(allowed) / sizeof(allowed[0]));
	if (r == 0)
		r = add_all(ctx, SCMP_ACT_KILL_PROCESS, deadly, sizeof(deadly) / sizeof(deadly[0]));
	if (r == 0)
		r = allow_memory(ctx);
	if (r == 0)
		r = allow_sockets(ctx);
	if (r == 0)
		r = allow_ioctl(ctx);
	if (r == 0)
		r = allow_self(ctx);
	if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	if (r == 0)
		return 0;
	errno = -r;
	return -1;
}
