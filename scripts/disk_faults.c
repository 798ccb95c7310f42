/* Preloaded into a server by the tests: makes the disk under shuke.db full, or its syncs fail, while the
 * file `full` or `sync` stands in the folder that SHUKE_FAULTS names. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int hit(int fd, const char *what) {
    const char *folder = getenv("SHUKE_FAULTS");
    if (!folder) return 0;
    char path[512], name[512];
    snprintf(path, sizeof path, "%s/%s", folder, what);
    if (access(path, F_OK) != 0) return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(path, name, sizeof name - 1);
    if (length < 0) return 0;
    name[length] = 0;
    return strstr(name, "shuke.db") != NULL;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    if (hit(fd, "full")) { errno = ENOSPC; return -1; }
    return real(fd, bytes, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    if (hit(fd, "full")) { errno = ENOSPC; return -1; }
    return real(fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    if (hit(fd, "full")) { errno = ENOSPC; return -1; }
    return real(fd, bytes, count, at);
}
int fsync(int fd) {
    REAL(int, "fsync", int);
    if (hit(fd, "sync")) { errno = EIO; return -1; }
    return real(fd);
}
int fdatasync(int fd) {
    REAL(int, "fdatasync", int);
    if (hit(fd, "sync")) { errno = EIO; return -1; }
    return real(fd);
}
