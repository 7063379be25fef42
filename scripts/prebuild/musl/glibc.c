// What Debian's libstdc++.a expects of glibc and musl does not have.
#include <stdint.h>
#include <sys/random.h>

char __libc_single_threaded = 0;

uint32_t arc4random(void) {
  uint32_t x = 0;
  getrandom(&x, sizeof x, 0);
  return x;
}

// Not found: then the unwinder asks dl_iterate_phdr.
int _dl_find_object(void* address, void* result) {
  (void)address, (void)result;
  return -1;
}
