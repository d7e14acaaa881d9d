#include "identity/bloom_bits.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "identity/bloom_fields.hpp"

namespace emptor::detail {

namespace {

/// Two words side by side: in one register of the baseline instruction set where the compiler has
/// vectors.
#if defined(__GNUC__)
using Two = std::uint64_t __attribute__((vector_size(16)));
#else
struct Two {
  std::uint64_t a = 0, b = 0;
  std::uint64_t operator[](std::size_t i) const noexcept { return i == 0 ? a : b; }
};
inline Two operator&(Two x, Two y) noexcept {
  return {x.a & y.a, x.b & y.b};
}
inline Two operator|(Two x, Two y) noexcept {
  return {x.a | y.a, x.b | y.b};
}
inline Two operator^(Two x, Two y) noexcept {
  return {x.a ^ y.a, x.b ^ y.b};
}
inline Two operator+(Two x, Two y) noexcept {
  return {x.a + y.a, x.b + y.b};
}
inline Two operator-(Two x, Two y) noexcept {
  return {x.a - y.a, x.b - y.b};
}
inline Two operator>>(Two x, int shift) noexcept {
  return {x.a >> shift, x.b >> shift};
}
#endif

/// Carry-save adder: high is the carry of a + b + c, low their sum, bit by bit.
inline void add_three(Two& high, Two& low, Two a, Two b, Two c) noexcept {
  const Two u = a ^ b;
  high = (a & b) | (u & c);
  low = u ^ c;
}

/// Ones of each byte, at most 8.
inline Two byte_counts(Two x) noexcept {
  constexpr std::uint64_t odd = 0x5555555555555555U, pairs = 0x3333333333333333U,
                          nibbles = 0x0F0F0F0F0F0F0F0FU;
  const Two half = (x >> 1) & Two{odd, odd};
  x = x - half;
  x = (x & Two{pairs, pairs}) + ((x >> 2) & Two{pairs, pairs});
  return (x + (x >> 4)) & Two{nibbles, nibbles};
}

/// Of 16 words: a tree of carry-save adders (Robert Harley; Henry S. Warren, "Hacker's Delight",
/// 2nd ed., 2012, section 5-1).
inline std::uint32_t common_of_16(const std::uint64_t* x, const std::uint64_t* y) noexcept {
  const auto both = [&](std::size_t i) {
    return Two{x[2 * i] & y[2 * i], x[2 * i + 1] & y[2 * i + 1]};
  };
  Two ones{}, twos{}, twos_b{}, fours{}, fours_b{}, eights{};
  Two carry_a{}, carry_b{};
  add_three(carry_a, ones, both(0), both(1), both(2));
  add_three(carry_b, ones, ones, both(3), both(4));
  add_three(twos_b, ones, ones, both(5), both(6));
  const Two last = ones & both(7);
  ones = ones ^ both(7);
  add_three(fours, twos, carry_a, carry_b, twos_b);
  fours_b = twos & last;
  twos = twos ^ last;
  eights = fours & fours_b;
  fours = fours ^ fours_b;
  Two sum = byte_counts(eights);
  sum = sum + sum + byte_counts(fours);
  sum = sum + sum + byte_counts(twos);
  sum = sum + sum + byte_counts(ones);
  const std::uint64_t bytes = sum[0] + sum[1];  // at most 128 each
  const std::uint64_t pairs = (bytes & 0x00FF00FF00FF00FFU) + (bytes >> 8 & 0x00FF00FF00FF00FFU);
  return static_cast<std::uint32_t>(pairs * 0x0001000100010001U >> 48);
}

}  // namespace

std::uint32_t count_bits(std::span<const std::uint64_t> words) noexcept {
  std::uint32_t count = 0;
  for (const std::uint64_t word : words) count += static_cast<std::uint32_t>(std::popcount(word));
  return count;
}

void common_bits(const std::uint64_t* row, const std::uint64_t* rows, std::size_t count,
                 std::size_t words, std::uint32_t* out) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t* other = rows + i * words;
    std::uint32_t common = 0;
    std::size_t w = 0;
    for (; w + 16 <= words; w += 16) common += common_of_16(row + w, other + w);
    for (; w < words; ++w) {
      common += static_cast<std::uint32_t>(std::popcount(row[w] & other[w]));
    }
    out[i] = common;
  }
}

#if defined(__GNUC__) && defined(__x86_64__)
namespace {
__attribute__((target("popcnt"))) void common_bits_popcnt(const std::uint64_t* row,
                                                          const std::uint64_t* rows,
                                                          std::size_t count, std::size_t words,
                                                          std::uint32_t* out) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t* other = rows + i * words;
    std::uint64_t even = 0, odd = 0;
    std::size_t w = 0;
    for (; w + 2 <= words; w += 2) {
      even += static_cast<std::uint64_t>(__builtin_popcountll(row[w] & other[w]));
      odd += static_cast<std::uint64_t>(__builtin_popcountll(row[w + 1] & other[w + 1]));
    }
    if (w < words) even += static_cast<std::uint64_t>(__builtin_popcountll(row[w] & other[w]));
    out[i] = static_cast<std::uint32_t>(even + odd);
  }
}
}  // namespace
#endif

CommonBits common_bits_for(const Kernels* kernels) noexcept {
#if defined(__GNUC__) && defined(__x86_64__)
  if (kernels != nullptr && kernels->isa != Isa::portable) return &common_bits_popcnt;
#endif
  (void)kernels;
  return &common_bits;
}

BloomHardening::BloomHardening(const BloomPlan& plan, const SecretKey& key,
                               const BloomOptions& options)
    : drawn_bits_(options.bits),
      bits_(options.bits),
      diffusion_(options.diffusion),
      xor_fold_(options.xor_fold) {
  if (options.layout == BloomLayout::by_field) draw_bits(plan, key, options);
  if (options.noise_epsilon > 0) {
    std::uint32_t hashes = 0;
    for (const BloomField& field : plan.fields) hashes = std::max(hashes, field.hashes);
    flip_ = 1 / (1 + std::exp(options.noise_epsilon / (hashes * most_copies_)));
    flip_below_ = static_cast<std::uint64_t>(std::llround(flip_ * 0x1p32));
    noise_.push_back(SecretKey(options.noise_secret).derive("bloom noise"));
  }
  if (diffusion_ != 0) {
    KeyedWords random(key.derive("bloom diffusion"));
    for (std::uint32_t i = 0; i < bits_; ++i) {
      const auto own = static_cast<std::ptrdiff_t>(mixed_.size());
      while (mixed_.size() < (i + 1) * std::size_t{diffusion_}) {
        const std::uint32_t bit = random.below(bits_);
        if (std::find(mixed_.begin() + own, mixed_.end(), bit) == mixed_.end()) {
          mixed_.push_back(bit);
        }
      }
    }
  }
  if (xor_fold_) bits_ /= 2;
  if (options.balance) {
    bits_ *= 2;
    balanced_.resize(bits_);
    std::iota(balanced_.begin(), balanced_.end(), 0U);
    KeyedWords random(key.derive("bloom balance"));
    for (std::uint32_t i = bits_; i > 1; --i)
      std::swap(balanced_[i - 1], balanced_[random.below(i)]);
  }
}

/// Shares by weight (largest remainders), drawn without repetition while there are bits, shuffled.
void BloomHardening::draw_bits(const BloomPlan& plan, const SecretKey& key,
                               const BloomOptions& options) {
  double weights = 0;
  for (const BloomField& field : plan.fields) weights += field.weight;
  KeyedWords random(key.derive("bloom drawing"));
  double wanted = 0;
  for (const BloomField& field : plan.fields) {
    wanted += options.bits * field.weight / weights;
    const bool last = &field == &plan.fields.back();
    const auto end = last ? options.bits : static_cast<std::uint32_t>(std::lround(wanted));
    const std::uint32_t share = end - static_cast<std::uint32_t>(drawn_.size());
    std::vector<std::uint32_t> own(field.bits);
    std::iota(own.begin(), own.end(), field.begin);
    for (std::uint32_t i = 0; i < share; ++i) {
      const std::uint32_t at = i % field.bits;
      std::swap(own[at], own[at + random.below(field.bits - at)]);
      drawn_.push_back(own[at]);
    }
    most_copies_ = std::max(most_copies_, (share + field.bits - 1) / field.bits);
  }
  for (std::uint32_t i = options.bits; i > 1; --i)
    std::swap(drawn_[i - 1], drawn_[random.below(i)]);
}

void BloomHardening::add_noise(Work& work) const {
  work.message.clear();
  for (const std::uint64_t word : work.filter) {
    for (unsigned i = 0; i < 8; ++i)
      work.message.push_back(static_cast<std::byte>(word >> (8 * i)));
  }
  KeyedWords random(SecretKey(noise_[0].hmac(work.message)));
  for (std::uint64_t& word : work.filter) {
    for (unsigned i = 0; i < 64; ++i) {
      word ^= std::uint64_t{random() < flip_below_} << i;
    }
  }
}

void BloomHardening::diffuse(Work& work) const {
  work.mixed.assign(work.filter.size(), 0);
  std::size_t next = 0;
  for (std::size_t bit = 0; bit < work.filter.size() * 64; ++bit) {
    std::uint64_t sum = 0;
    for (std::uint32_t t = 0; t < diffusion_; ++t, ++next) {
      sum ^= work.filter[mixed_[next] / 64] >> (mixed_[next] % 64);
    }
    work.mixed[bit / 64] |= (sum & 1) << (bit % 64);
  }
  work.filter.swap(work.mixed);
}

std::uint32_t BloomHardening::apply(std::span<const std::uint64_t> filter, Work& work,
                                    std::span<std::uint64_t> out) const {
  if (drawn_.empty()) {
    work.filter.assign(filter.begin(), filter.end());
  } else {
    work.filter.assign(drawn_bits_ / 64, 0);
    for (std::size_t i = 0; i < drawn_.size(); ++i) {
      work.filter[i / 64] |= (filter[drawn_[i] / 64] >> (drawn_[i] % 64) & 1) << (i % 64);
    }
  }
  const std::uint32_t ones = count_bits(work.filter);
  if (!noise_.empty()) add_noise(work);
  if (diffusion_ != 0) diffuse(work);
  if (xor_fold_) {
    const std::size_t half = work.filter.size() / 2;
    for (std::size_t w = 0; w < half; ++w) work.filter[w] ^= work.filter[half + w];
    work.filter.resize(half);
  }
  if (balanced_.empty()) {
    std::copy(work.filter.begin(), work.filter.end(), out.begin());
    return ones;
  }
  std::fill(out.begin(), out.end(), 0);
  const std::size_t half = balanced_.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    const bool set = (work.filter[i / 64] >> (i % 64) & 1) != 0;
    const std::uint32_t to = balanced_[set ? i : half + i];
    out[to / 64] |= std::uint64_t{1} << (to % 64);
  }
  return ones;
}

}  // namespace emptor::detail
