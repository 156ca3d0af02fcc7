/*
 * Every recorded command: linked under the name of a program, it prints what that program printed when it was
 * recorded with the same arguments. What is not recorded, and is a real tool, runs for real.
 *
 * A node has dozens of them. In a virtual machine the C library takes a millisecond to start, as it asks the processor
 * what it can do, and Go's longer; so this does without any, and takes a tenth of that.
 */
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>

static long call(long number, long a, long b, long c, long d) {
#if defined(__x86_64__)
    register long fourth __asm__("r10") = d;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth) : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c, x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
#endif
}

static void quit(long status) { call(SYS_exit_group, status, 0, 0, 0); }

static long open_file(const char *path) { return call(SYS_openat, AT_FDCWD, (long)path, O_RDONLY, 0); }

static size_t length(const char *text) {
    size_t size = 0;
    while (text[size] != 0) size++;
    return size;
}

/* What comes in a text after its start; nothing where it starts otherwise. */
static const char *after(const char *start, const char *text) {
    while (*start != 0 && *start == *text) start++, text++;
    return *start == 0 ? text : NULL;
}

static int same(const char *a, const char *b) {
    const char *rest = after(a, b);
    return rest != NULL && *rest == 0;
}

static const char *next(const char *word) { return word + length(word) + 1; }

static long number(const char *digits) {
    long value = 0;
    for (; *digits != 0; digits++) value = value * 10 + *digits - '0';
    return value;
}

static void say(const char *text) { call(SYS_write, 2, (long)text, length(text), 0); }

/* Prints a file, if it is there. */
static void print(const char *path, long to) {
    long from = open_file(path);
    if (from < 0) return;
    while (call(SYS_sendfile, to, from, 0, 1 << 20) > 0) {}
}

static const char *joined(const char *folder, const char *middle, const char *name) {
    static char path[4096];
    const char *parts[] = {folder, middle, name};
    size_t size = 0;
    for (int i = 0; i < 3; i++)
        for (const char *from = parts[i]; *from != 0 && size < sizeof path - 1; from++) path[size++] = *from;
    path[size] = 0;
    return path;
}

/* The index that the kubelet writes: the number of words, the words, the status, and the two files of each command. */
static void play(const char *folder, long argc, char **argv) {
    static char index[1 << 20];
    long file = open_file(joined(folder, "/index", ""));
    long size = 0, some;
    while ((some = call(SYS_read, file, (long)index + size, sizeof index - 1 - size, 0)) > 0) size += some;
    for (const char *at = index; at < index + size;) {
        long count = number(at);
        int is_called = count == argc;
        at = next(at);
        for (long i = 0; i < count; i++, at = next(at)) is_called = is_called && same(at, argv[i]);
        const char *status = at, *out = next(status), *err = next(out);
        at = next(err);
        if (!is_called) continue;
        print(err, 2);
        print(out, 1);
        quit(number(status));
    }
}

__attribute__((used)) static void begin(long *stack) {
    long argc = stack[0];
    char **argv = (char **)(stack + 1), **environment = argv + argc + 1;
    const char *folder = NULL;
    for (char *at = argv[0]; *at != 0; at++)
        if (*at == '/') argv[0] = at + 1;
    for (char **each = environment; *each != NULL && folder == NULL; each++) folder = after("RECORDED_COMMANDS=", *each);
    if (folder == NULL) quit(127);
    play(folder, argc, argv);
    call(SYS_execve, (long)joined(folder, "/real/", argv[0]), (long)argv, (long)environment, 0);
    say("Error:");
    for (long i = 0; i < argc; i++) say(" "), say(argv[i]);
    say(" is not recorded\n");
    quit(127);
}

/* The kernel starts a program with its arguments on the stack. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start: mov %rsp, %rdi\nand $-16, %rsp\ncall begin\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start: mov x0, sp\nbl begin\n");
#endif
