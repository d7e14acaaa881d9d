#include "emptor/identity/bloom_linkage.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>

#include "emptor/core/random.hpp"
#include "identity/bloom_bits.hpp"

namespace emptor {

namespace {

constexpr std::size_t rows_a_chunk = 64;
constexpr std::size_t rows_a_tile = 256;
constexpr std::size_t best_a_row = 32;  // that matching one to one looks at
constexpr double assumed_threshold = 0.75;
constexpr std::size_t steps = 1000;  // of similarity, where a threshold is chosen
constexpr double most_strangers = 0.5;
constexpr std::size_t most_stranger_pairs = 100000000;
constexpr std::uint64_t no_sample = 1000000;  // the stream of random numbers besides the samples'

using Pairs = std::vector<EncodedPair>;

void check(const EncodingLinkOptions& options) {
  require_option(options.threshold >= 0 && options.threshold <= 1, "threshold", "in (0, 1] or 0",
                 options.threshold);
  require_option(options.threshold > 0 || options.matching == EncodingMatching::one_to_one,
                 "threshold", "given unless rows match one to one", options.threshold);
  require_option(
      options.sample_bits == 0 || (options.sample_bits >= 4 && options.sample_bits <= 64),
      "sample_bits", "0 or in [4, 64]", options.sample_bits);
  require_option(options.samples <= 4096, "samples", "at most 4096", options.samples);
  require_option(options.recall > 0 && options.recall < 1, "recall", "in (0, 1)", options.recall);
  require_option(options.max_bucket >= 1, "max_bucket", "at least 1", options.max_bucket);
}

[[nodiscard]] float dice(std::uint32_t common, std::uint32_t a, std::uint32_t b) noexcept {
  return a + b == 0 ? 0 : 2 * static_cast<float>(common) / static_cast<float>(a + b);
}

[[nodiscard]] std::size_t step(float value) noexcept {
  return std::min(steps, static_cast<std::size_t>(value * static_cast<float>(steps)));
}

/// The more alike first.
[[nodiscard]] bool better(const EncodedPair& a, const EncodedPair& b) noexcept {
  if (a.similarity != b.similarity) return a.similarity > b.similarity;
  return a.ours != b.ours ? a.ours < b.ours : a.theirs < b.theirs;
}
[[nodiscard]] bool in_order(const EncodedPair& a, const EncodedPair& b) noexcept {
  return a.ours != b.ours ? a.ours < b.ours : a.theirs < b.theirs;
}

class Linker {
 public:
  Linker(const BloomEncodings& ours, const BloomEncodings& theirs,
         const EncodingLinkOptions& options, const Context& context)
      : ours_(ours),
        theirs_(theirs),
        options_(options),
        context_(context),
        common_(detail::common_bits_for(context.kernels)) {}

  EncodingLinkage run() {
    EncodingLinkage out;
    EncodingLinkReport& report = out.report;
    report.threshold = options_.threshold;
    if (ours_.size() == 0 || theirs_.size() == 0) return out;
    sample_random_pairs();
    report.chance = chance_;
    floor_ = options_.threshold > 0 ? static_cast<float>(options_.threshold)
                                    : static_cast<float>(std::min(.95, chance_ + 3 * deviation_));
    const double all = static_cast<double>(ours_.size()) * static_cast<double>(theirs_.size());
    Pairs pairs = all <= static_cast<double>(options_.compare_all_below) ? compare_all(report)
                                                                         : compare_samples(report);
    report.considered = pairs.size();
    if (options_.matching == EncodingMatching::one_to_one) match_one_to_one(pairs);
    if (options_.threshold == 0) choose_threshold(pairs, report);
    std::erase_if(pairs, [&](const EncodedPair& pair) {
      return static_cast<double>(pair.similarity) < report.threshold;
    });
    out.pairs = std::move(pairs);
    return out;
  }

 private:
  [[nodiscard]] float similarity(std::size_t a, std::size_t b) const {
    std::uint32_t common = 0;
    common_(ours_.row(a).data(), theirs_.row(b).data(), 1, ours_.words(), &common);
    return dice(common, ours_.ones(a), theirs_.ones(b));
  }

  /// How alike two rows are by chance, and in how many bits they agree.
  void sample_random_pairs() {
    constexpr std::size_t samples = 4096;
    RandomStream random(options_.seed, 0);
    double sum = 0, squares = 0, agreed = 0;
    for (std::size_t i = 0; i < samples; ++i) {
      const std::uint32_t a = random.below(static_cast<std::uint32_t>(ours_.size()));
      const std::uint32_t b = random.below(static_cast<std::uint32_t>(theirs_.size()));
      const auto value = static_cast<double>(similarity(a, b));
      const double ones = ours_.ones(a) + theirs_.ones(b);
      sum += value;
      squares += value * value;
      agreed += 1 - (1 - value) * ones / ours_.bits();
      fill_ += ones / (2 * samples * static_cast<double>(ours_.bits()));
    }
    chance_ = sum / samples;
    deviation_ = std::sqrt(std::max(0.0, squares / samples - chance_ * chance_));
    agreement_ = agreed / samples;
  }

  Pairs compare_all(EncodingLinkReport& report) const {
    const std::size_t words = ours_.words();
    const std::span<const std::uint64_t> rows = theirs_.rows();
    const float nearly = floor_ * 0.999F;
    const bool keep_best = options_.matching == EncodingMatching::one_to_one;
    std::vector<Pairs> found((ours_.size() + rows_a_chunk - 1) / rows_a_chunk);
    parallel_chunks(context_, ours_.size(), rows_a_chunk, [&](std::size_t from, std::size_t to) {
      std::array<Pairs, rows_a_chunk> of_row;
      std::array<std::uint32_t, rows_a_tile> common{};
      for (std::size_t tile = 0; tile < theirs_.size(); tile += rows_a_tile) {
        const std::size_t count = std::min(rows_a_tile, theirs_.size() - tile);
        for (std::size_t a = from; a < to; ++a) {
          if (ours_.ones(a) == 0) continue;
          common_(ours_.row(a).data(), rows.data() + tile * words, count, words, common.data());
          const std::uint32_t ones = ours_.ones(a);
          for (std::size_t i = 0; i < count; ++i) {
            const auto sum = static_cast<float>(ones + theirs_.ones(tile + i));
            if (2 * static_cast<float>(common[i]) < nearly * sum) continue;  // spares divisions
            const float value = dice(common[i], ones, theirs_.ones(tile + i));
            if (value < floor_) continue;
            of_row[a - from].push_back(
                {static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(tile + i), value});
          }
          if (keep_best && of_row[a - from].size() > 16 * best_a_row) cut(of_row[a - from]);
        }
      }
      Pairs& out = found[from / rows_a_chunk];
      for (std::size_t a = from; a < to; ++a) {
        Pairs& row = of_row[a - from];
        if (keep_best && row.size() > best_a_row) cut(row);
        std::sort(row.begin(), row.end(), in_order);
        out.insert(out.end(), row.begin(), row.end());
      }
    });
    report.compared = std::uint64_t{ours_.size()} * theirs_.size();
    Pairs all;
    for (const Pairs& part : found) all.insert(all.end(), part.begin(), part.end());
    return all;
  }
  /// Leaves the best of a row.
  static void cut(Pairs& row) {
    const auto end = row.begin() + static_cast<std::ptrdiff_t>(best_a_row);
    std::nth_element(row.begin(), end, row.end(), better);
    row.erase(end, row.end());
  }

  struct Keyed {
    std::uint64_t key;
    std::uint32_t row;
  };

  /// The rows by the bits of one sample.
  static std::vector<Keyed> keyed(const BloomEncodings& rows, std::span<const std::uint32_t> bits) {
    std::vector<Keyed> out;
    out.reserve(rows.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (rows.ones(r) == 0) continue;
      const std::span<const std::uint64_t> row = rows.row(r);
      std::uint64_t key = 0;
      for (const std::uint32_t bit : bits) key = key << 1 | (row[bit / 64] >> (bit % 64) & 1);
      out.push_back({key, static_cast<std::uint32_t>(r)});
    }
    std::sort(out.begin(), out.end(), [](const Keyed& a, const Keyed& b) {
      return a.key != b.key ? a.key < b.key : a.row < b.row;
    });
    return out;
  }

  /// Bits of a sample and samples. Strangers agree in a bit with chance r, so n rows of them leave
  /// n r^b in a bucket; pairs at the threshold with chance q, so L samples find 1 - (1 - q^b)^L.
  void plan_samples(EncodingLinkReport& report) const {
    const auto bits = static_cast<double>(std::min<std::uint32_t>(64, ours_.bits()));
    report.sample_bits = options_.sample_bits;
    if (report.sample_bits == 0) {
      const double rows = static_cast<double>(std::max(ours_.size(), theirs_.size()));
      const double wanted =
          std::log2(std::max(2.0, rows / 16)) / -std::log2(std::clamp(agreement_, .01, .99));
      report.sample_bits = static_cast<std::uint32_t>(std::clamp(std::ceil(wanted), 4.0, bits));
    }
    report.samples = options_.samples;
    if (report.samples == 0) {
      const double at = options_.threshold > 0 ? options_.threshold : assumed_threshold;
      const double agreed = std::clamp(1 - 2 * (1 - at) * fill_, .01, .999999);
      const double hit = std::pow(agreed, report.sample_bits);
      const double wanted = std::log1p(-options_.recall) / std::log1p(-hit);
      report.samples = static_cast<std::uint32_t>(std::clamp(std::ceil(wanted), 1.0, 512.0));
    }
  }

  Pairs compare_samples(EncodingLinkReport& report) const {
    plan_samples(report);
    struct Found {
      Pairs pairs;
      std::uint64_t compared = 0, left_out = 0;
    };
    std::vector<Found> found(report.samples);
    parallel_chunks(context_, report.samples, 1, [&](std::size_t sample, std::size_t) {
      RandomStream random(options_.seed, sample + 1);
      std::vector<std::uint32_t> bits;
      while (bits.size() < report.sample_bits) {
        const std::uint32_t bit = random.below(ours_.bits());
        if (std::find(bits.begin(), bits.end(), bit) == bits.end()) bits.push_back(bit);
      }
      const std::vector<Keyed> a = keyed(ours_, bits), b = keyed(theirs_, bits);
      Found& out = found[sample];
      std::size_t j = 0, end_a = 0;
      for (std::size_t i = 0; i < a.size(); i = end_a) {
        const std::uint64_t key = a[i].key;
        for (end_a = i; end_a < a.size() && a[end_a].key == key;) ++end_a;
        while (j < b.size() && b[j].key < key) ++j;
        std::size_t end_b = j;
        while (end_b < b.size() && b[end_b].key == key) ++end_b;
        if (end_b == j) continue;
        if (std::max(end_a - i, end_b - j) > options_.max_bucket) {
          ++out.left_out;
          continue;
        }
        for (std::size_t x = i; x < end_a; ++x) {
          for (std::size_t y = j; y < end_b; ++y) {
            const float value = similarity(a[x].row, b[y].row);
            if (value >= floor_) out.pairs.push_back({a[x].row, b[y].row, value});
          }
        }
        out.compared += (end_a - i) * (end_b - j);
      }
      std::sort(out.pairs.begin(), out.pairs.end(), in_order);
    });
    Pairs all;
    for (Found& part : found) {
      report.compared += part.compared;
      report.buckets_left_out += part.left_out;
      all.insert(all.end(), part.pairs.begin(), part.pairs.end());
      part.pairs = {};
    }
    std::sort(all.begin(), all.end(), in_order);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  /// Shares of rows whose most alike stranger reaches t thousandths, t being the place: rows of the
  /// larger party among as many others of it as `theirs` has.
  [[nodiscard]] std::vector<double> strangers() const {
    const BloomEncodings& party = ours_.size() > theirs_.size() ? ours_ : theirs_;
    const std::size_t others = std::min(party.size(), theirs_.size());
    const std::size_t rows =
        std::min(party.size(), std::clamp<std::size_t>(most_stranger_pairs / others, 200, 2000));
    RandomStream random(options_.seed, no_sample);
    std::vector<std::uint32_t> order(party.size());
    std::iota(order.begin(), order.end(), 0U);
    random.shuffle(std::span(order));
    std::vector<float> most(rows);
    parallel_chunks(context_, rows, 16, [&](std::size_t from, std::size_t to) {
      for (std::size_t r = from; r < to; ++r) {
        const std::uint32_t row = order[r];
        for (std::size_t i = order.size() - others; i < order.size(); ++i) {
          const std::uint32_t other = order[i];
          if (other == row) continue;
          std::uint32_t common = 0;
          common_(party.row(row).data(), party.row(other).data(), 1, party.words(), &common);
          most[r] = std::max(most[r], dice(common, party.ones(row), party.ones(other)));
        }
      }
    });
    std::vector<double> shares(steps + 1);
    for (const float value : most) shares[step(value)] += 1 / (1 + static_cast<double>(rows));
    for (std::size_t t = steps; t-- > 0;) shares[t] += shares[t + 1];
    return shares;
  }

  /// Of b of n rows that have links, with a stranger for s of them among m rows: those expected to
  /// be right, r = b - (n - r) (1 - (1 - s)^((m - r) / m)), as rows of a right link are gone.
  static double expected_right(double b, double s, double n, double m) {
    const double strangers = -std::log1p(-s);
    double low = 0, high = std::min(b, m);
    for (int i = 0; i < 40; ++i) {
      const double r = (low + high) / 2;
      const double wrong = (n - r) * -std::expm1(-strangers * (m - r) / m);
      (r + wrong < b ? low : high) = r;
    }
    return low;
  }

  /// See the head of the header. `links`: one to one.
  void choose_threshold(const Pairs& links, EncodingLinkReport& report) const {
    const std::vector<double> stranger = strangers();
    std::vector<double> linked(steps + 1);  // at t or above
    for (const EncodedPair& link : links) ++linked[step(link.similarity)];
    for (std::size_t t = steps; t-- > 0;) linked[t] += linked[t + 1];
    const auto rows = static_cast<double>(ours_.size());
    const auto right = [&](std::size_t t) {
      return expected_right(linked[t], stranger[t], rows, static_cast<double>(theirs_.size()));
    };
    std::size_t lowest = steps;
    double matches = 0;
    while (lowest > step(floor_) + 1 && stranger[lowest - 1] <= most_strangers) --lowest;
    for (std::size_t t = lowest; t <= steps; ++t) matches = std::max(matches, right(t));
    double most = -1;
    std::size_t chosen = steps;
    for (std::size_t t = steps + 1; t-- > lowest;) {
      const double f1 = linked[t] + matches > 0 ? 2 * right(t) / (linked[t] + matches) : 0;
      if (f1 > most) {
        most = f1;
        chosen = t;
      }
    }
    report.threshold = static_cast<double>(chosen) / static_cast<double>(steps);
    if (linked[chosen] > 0) report.expected_precision = right(chosen) / linked[chosen];
  }

  void match_one_to_one(Pairs& pairs) const {
    std::sort(pairs.begin(), pairs.end(), better);
    std::vector<bool> ours(ours_.size()), theirs(theirs_.size());
    std::erase_if(pairs, [&](const EncodedPair& pair) {
      if (ours[pair.ours] || theirs[pair.theirs]) return true;
      ours[pair.ours] = theirs[pair.theirs] = true;
      return false;
    });
    std::sort(pairs.begin(), pairs.end(), in_order);
  }

  const BloomEncodings& ours_;
  const BloomEncodings& theirs_;
  const EncodingLinkOptions& options_;
  const Context& context_;
  detail::CommonBits common_;
  double chance_ = 0, deviation_ = 0, agreement_ = 0, fill_ = 0;
  float floor_ = 0;
};

}  // namespace

EncodingLinkage link_encodings(const BloomEncodings& ours, const BloomEncodings& theirs,
                               const EncodingLinkOptions& options, const Context& context) {
  check(options);
  if (ours.agreement() != theirs.agreement() || ours.bits() != theirs.bits()) {
    throw Exception(ErrorCode::invalid_value,
                    "both encodings must be made with one key, fields of the same types and the "
                    "same options",
                    "link_encodings");
  }
  return Linker(ours, theirs, options, context).run();
}

}  // namespace emptor
