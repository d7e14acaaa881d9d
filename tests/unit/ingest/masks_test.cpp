// The kernels are internal to the library, so their source is taken in here.
#include "../../../src/ingest/csv_masks.cpp"

#include <random>
#include <vector>

#include "support/catch.hpp"

namespace emptor::detail {

TEST_CASE("all mask kernels find the same bytes") {
  std::mt19937 random(7);
  const std::string_view interesting("\0\x01\x7f\x80\xff,\"\n\r;-+\x2b\x2d\x0b\xac\xaa\x8a", 18);
  std::vector<char> text(64 * 50);
  for (int round = 0; round < 50; ++round) {
    for (char& c : text) {
      c = random() % 3 == 0 ? static_cast<char>(random() & 0xff)
                            : interesting[random() % interesting.size()];
    }
    const CsvBytes bytes{',', '\n', '"'};
    std::vector<ChunkMasks> expected(50, ChunkMasks{0, 0, 0, 0});
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::uint64_t bit = std::uint64_t{1} << (i % 64);
      ChunkMasks& masks = expected[i / 64];
      masks.delimiter |= text[i] == ',' ? bit : 0;
      masks.newline |= text[i] == '\n' ? bit : 0;
      masks.quote |= text[i] == '"' ? bit : 0;
      masks.odd |= static_cast<signed char>(text[i]) <= 0 ? bit : 0;
    }
    std::vector<MaskKernel> kernels{masks_portable, pick_mask_kernel()};
#if defined(__x86_64__)
    kernels.push_back(masks_sse2);
#endif
    for (const MaskKernel kernel : kernels) {
      std::vector<ChunkMasks> got(50);
      kernel(text.data(), 50, bytes, got.data());
      bool same = true;
      for (std::size_t i = 0; i < 50; ++i) {
        same = same && got[i].delimiter == expected[i].delimiter &&
               got[i].newline == expected[i].newline && got[i].quote == expected[i].quote &&
               got[i].odd == expected[i].odd;
      }
      CHECK(same);
    }
  }
}

}  // namespace emptor::detail
