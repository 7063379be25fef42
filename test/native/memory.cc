#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "context.h"

namespace harness {
namespace {

constexpr uint8_t kGuard = 0xA5;
constexpr size_t kGuardBytes = 256;

const size_t kPage = static_cast<size_t>(sysconf(_SC_PAGESIZE));

size_t round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

void fill_with_garbage(Random& random, uint8_t* data, size_t bytes) {
  for (size_t i = 0; i < bytes; i += sizeof(uint64_t)) {
    const uint64_t word = random.bits();
    memcpy(data + i, &word, bytes - i < sizeof word ? bytes - i : sizeof word);
  }
}

}  // namespace

Memory::Memory(Random& random, size_t bytes, size_t alignment) : bytes_(bytes) {
  const size_t place = random.below(4);
  if (place == 0) {
    // It is not filled: what the heap holds is garbage enough, and valgrind tells when it is used.
    void* block = nullptr;
    if (posix_memalign(&block, alignment < sizeof(void*) ? sizeof(void*) : alignment, bytes) != 0)
      fail("no memory for %zu bytes", bytes);
    data_ = static_cast<uint8_t*>(block);
    return;
  }
  guarded_ = round_up(bytes + 2 * kGuardBytes + 64 * alignment, kPage);
  void* mapped =
      mmap(nullptr, guarded_ + 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) fail("no memory for %zu bytes", bytes);
  pages_ = static_cast<uint8_t*>(mapped) + kPage;
  mprotect(pages_ - kPage, kPage, PROT_NONE);
  mprotect(pages_ + guarded_, kPage, PROT_NONE);
  const size_t offset = place == 1   ? 0
                        : place == 2 ? (guarded_ - bytes) / alignment * alignment
                                     : kGuardBytes + random.below(64) * alignment;
  data_ = pages_ + offset;
  memset(pages_, kGuard, guarded_);
  fill_with_garbage(random, data_, bytes);
}

Memory::Memory(Memory&& other) noexcept
    : data_(other.data_), bytes_(other.bytes_), pages_(other.pages_), guarded_(other.guarded_) {
  other.data_ = nullptr;
}

Memory::~Memory() {
  if (data_ == nullptr) return;
  if (pages_ == nullptr) {
    free(data_);
  } else {
    munmap(pages_ - kPage, guarded_ + 2 * kPage);
  }
}

void Memory::check(const char* name) const {
  if (pages_ == nullptr) return;
  const auto whole = [&](const uint8_t* from, const uint8_t* to) {
    for (const uint8_t* p = from; p < to; p++) {
      if (*p != kGuard)
        fail("a byte %td from the start of %s (%zu bytes) was written", p - data_, name, bytes_);
    }
  };
  whole(pages_, data_);
  whole(data_ + bytes_, pages_ + guarded_);
}

}  // namespace harness
