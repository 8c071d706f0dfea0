/*
 * Lets the n-th system call of the chosen kinds on chosen files fail, once or from then on. To be
 * preloaded; whoever tests maps the same control file (its path in WALTAP_FAULT_CONTROL) and says
 * there what is to fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OPEN = 1, READ = 2, WRITE = 4, SYNC = 8, TRUNCATE = 16, RENAME = 32, UNLINK = 64,
  MAP = 128, LOCK = 256, STAT = 512, CLOSE = 1024, CONNECT = 2048, MKDIR = 4096 };

/* FaultControl.java has the same layout. */
struct control {
  _Atomic int armed;
  _Atomic int calls;
  int at;
  int error; /* 0: half of what was asked for */
  int sticky;
  int kinds;
  _Atomic int met;
  _Atomic int last;
  char path[256]; /* part of the path */
};

static struct control *control;

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name)) dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("WALTAP_FAULT_CONTROL");
  int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (fd >= 0) {
    void *page = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    control = page == MAP_FAILED ? NULL : page;
  }
}

static int armed(int kind) {
  return control && atomic_load(&control->armed) && (control->kinds & kind);
}

/* 0: go on; -1: fail, errno is set; 1: do half of it. */
static int turn(int kind, const char *path) {
  if (!path || !strstr(path, control->path)) return 0;
  int call = atomic_fetch_add(&control->calls, 1) + 1;
  if (!(call == control->at || (control->sticky && call > control->at))) return 0;
  atomic_fetch_add(&control->met, 1);
  atomic_store(&control->last, kind);
  if (!control->error) return 1;
  errno = control->error;
  return -1;
}

static int by_path(int kind, const char *path) {
  return armed(kind) ? turn(kind, path) : 0;
}

static int by_fd(int kind, int fd) {
  if (!armed(kind) || fd < 0) return 0;
  char link[64], path[PATH_MAX];
  int saved = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  errno = saved;
  if (length < 0) return 0;
  path[length] = 0;
  return turn(kind, path);
}

#define FAIL_PATH(kind, path) if (by_path(kind, path) < 0) return -1
#define FAIL_FD(kind, fd) if (by_fd(kind, fd) < 0) return -1

#define OPENER(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
    FAIL_PATH(OPEN, path); \
    return real(path, flags, mode); \
  }
OPENER(open)
OPENER(open64)

#define OPENER_AT(name) \
  int name(int at, const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, mode_t); va_end(rest); \
    FAIL_PATH(OPEN, path); \
    return real(at, path, flags, mode); \
  }
OPENER_AT(openat)
OPENER_AT(openat64)

static size_t half(int turn, size_t size) {
  return turn > 0 && size > 1 ? size / 2 : size;
}

#define TRANSFER(name, kind, buffer) \
  ssize_t name(int fd, buffer data, size_t size) { \
    REAL(name); \
    int t = by_fd(kind, fd); \
    return t < 0 ? -1 : real(fd, data, half(t, size)); \
  }
TRANSFER(read, READ, void *)
TRANSFER(write, WRITE, const void *)

#define TRANSFER_AT(name, kind, buffer, offset) \
  ssize_t name(int fd, buffer data, size_t size, offset at) { \
    REAL(name); \
    int t = by_fd(kind, fd); \
    return t < 0 ? -1 : real(fd, data, half(t, size), at); \
  }
TRANSFER_AT(pread, READ, void *, off_t)
TRANSFER_AT(pread64, READ, void *, off64_t)
TRANSFER_AT(pwrite, WRITE, const void *, off_t)
TRANSFER_AT(pwrite64, WRITE, const void *, off64_t)

#define VECTOR(name, kind) \
  ssize_t name(int fd, const struct iovec *parts, int count) { \
    REAL(name); \
    int t = by_fd(kind, fd); \
    if (t > 0 && count > 0) { \
      struct iovec first = {parts[0].iov_base, half(t, parts[0].iov_len)}; \
      return real(fd, &first, 1); \
    } \
    return t < 0 ? -1 : real(fd, parts, count); \
  }
VECTOR(readv, READ)
VECTOR(writev, WRITE)

int fsync(int fd) { REAL(fsync); FAIL_FD(SYNC, fd); return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); FAIL_FD(SYNC, fd); return real(fd); }
int ftruncate(int fd, off_t n) { REAL(ftruncate); FAIL_FD(TRUNCATE, fd); return real(fd, n); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); FAIL_FD(TRUNCATE, fd); return real(fd, n); }
int rename(const char *from, const char *to) {
  REAL(rename); FAIL_PATH(RENAME, from); return real(from, to);
}
int renameat(int a, const char *from, int b, const char *to) {
  REAL(renameat); FAIL_PATH(RENAME, from); return real(a, from, b, to);
}
int unlink(const char *path) { REAL(unlink); FAIL_PATH(UNLINK, path); return real(path); }
int unlinkat(int at, const char *path, int flags) {
  REAL(unlinkat); FAIL_PATH(UNLINK, path); return real(at, path, flags);
}
int rmdir(const char *path) { REAL(rmdir); FAIL_PATH(UNLINK, path); return real(path); }
int mkdir(const char *path, mode_t mode) {
  REAL(mkdir); FAIL_PATH(MKDIR, path); return real(path, mode);
}
int fstat(int fd, struct stat *s) { REAL(fstat); FAIL_FD(STAT, fd); return real(fd, s); }
int fstat64(int fd, struct stat64 *s) { REAL(fstat64); FAIL_FD(STAT, fd); return real(fd, s); }
int stat(const char *path, struct stat *s) { REAL(stat); FAIL_PATH(STAT, path); return real(path, s); }
int stat64(const char *path, struct stat64 *s) {
  REAL(stat64); FAIL_PATH(STAT, path); return real(path, s);
}
int lstat64(const char *path, struct stat64 *s) {
  REAL(lstat64); FAIL_PATH(STAT, path); return real(path, s);
}
int socket(int domain, int type, int protocol) {
  REAL(socket); FAIL_PATH(OPEN, "socket:[new]"); return real(domain, type, protocol);
}
int connect(int fd, const struct sockaddr *to, socklen_t size) {
  REAL(connect); FAIL_FD(CONNECT, fd); return real(fd, to, size);
}

/* What is closed is closed, whatever close says. */
int close(int fd) {
  REAL(close);
  int t = by_fd(CLOSE, fd);
  int error = errno, result = real(fd);
  if (t < 0) { errno = error; return -1; }
  return result;
}

#define MAPPER(name, offset) \
  void *name(void *at, size_t size, int protection, int flags, int fd, offset from) { \
    REAL(name); \
    if (by_fd(MAP, fd) < 0) return MAP_FAILED; \
    return real(at, size, protection, flags, fd, from); \
  }
MAPPER(mmap, off_t)
MAPPER(mmap64, off64_t)

#define CONTROLLER(name) \
  int name(int fd, int command, ...) { \
    REAL(name); \
    va_list rest; va_start(rest, command); void *value = va_arg(rest, void *); va_end(rest); \
    if (command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK) { \
      if (value && ((struct flock *) value)->l_type != F_UNLCK) FAIL_FD(LOCK, fd); \
    } \
    return real(fd, command, value); \
  }
CONTROLLER(fcntl)
CONTROLLER(fcntl64)
