/* Makes every fsync and fdatasync take 5 ms more: gcc -shared -fPIC -o slow_fsync.so slow_fsync.c -ldl,
 * then LD_PRELOAD=./slow_fsync.so. For measuring what group commit is worth on a slow disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_5_ms(void) {
    struct timespec pause = {0, 5000000};
    nanosleep(&pause, 0);
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_5_ms();
    return real(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_5_ms();
    return real(file);
}
