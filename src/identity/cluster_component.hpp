#pragma once
// Best-first clustering of one connected component; see
// emptor/identity/cluster.hpp. One object serves many components in turn and
// keeps its memory. Thread safety: an object belongs to one thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "emptor/identity/cluster.hpp"

namespace emptor::detail {

/// A pair of a component; ends are places in it, a < b.
struct PlacedPair {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  float weight = 0;
};

/// What a component is clustered from. Spans are of this component alone, but
/// for the constraints.
struct ComponentInput {
  std::span<const std::uint32_t> records;  ///< ascending; a place in it is a member's number here
  std::span<const PlacedPair> pairs;
  std::span<const PlacedPair> must;    ///< weights unused
  std::span<const PlacedPair> cannot;  ///< weights unused
  /// The identifiers of record r are identifiers[identifier_begin[r] ..
  /// identifier_begin[r + 1]), as type << 32 | value, ascending, distinct;
  /// empty without limits.
  std::span<const std::uint64_t> identifiers;
  std::span<const std::size_t> identifier_begin;
};

/// Log odds as whole multiples of 2^-16 bit, so that sums are exact in any
/// order.
inline constexpr double weight_units = 65536;

/// Pairs of numbers to numbers: a square for small components, a hash table for
/// large ones.
class PairTable {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  /// Empty, for members below `members` and about `pairs` pairs.
  void reset(std::size_t members, std::size_t pairs);
  /// The value of the pair, either way round; `none` when it has none.
  [[nodiscard]] std::uint32_t find(std::uint32_t a, std::uint32_t b) const noexcept {
    return side_ > 0 ? cells_[a * side_ + b] : find_hashed(a, b);
  }
  void set(std::uint32_t a, std::uint32_t b, std::uint32_t value) {
    if (side_ == 0) return set_hashed(a, b, value);
    cells_[a * side_ + b] = value;
    cells_[b * side_ + a] = value;
  }
  void erase(std::uint32_t a, std::uint32_t b) noexcept;
  [[nodiscard]] bool square() const noexcept { return side_ > 0; }

 private:
  struct Entry {
    std::uint64_t key;
    std::uint32_t value;
  };
  [[nodiscard]] std::uint32_t find_hashed(std::uint32_t a, std::uint32_t b) const noexcept;
  void set_hashed(std::uint32_t a, std::uint32_t b, std::uint32_t value);
  /// Where the key stands or would stand.
  [[nodiscard]] std::size_t slot_of(std::uint64_t key) const noexcept;
  [[nodiscard]] std::size_t home_of(std::uint64_t key) const noexcept;
  void grow();

  std::size_t side_ = 0;  ///< of the square; 0: hashed
  std::vector<std::uint32_t> cells_;
  std::vector<Entry> entries_;
  std::size_t used_ = 0;
  int shift_ = 64;
};

class ComponentClusterer {
 public:
  ComponentClusterer(const PairWeight& weight_of, const ClusterConstraints& constraints,
                     const ClusterOptions& options);

  /// Writes the smallest member (a place) of each member's cluster into
  /// `cluster`, and appends what was done and refused, by records.
  void run(const ComponentInput& input, std::span<std::uint32_t> cluster,
           std::vector<MergeStep>& steps, std::vector<RefusedMerge>& refused);

 private:
  static constexpr std::uint32_t nobody = std::numeric_limits<std::uint32_t>::max();

  /// What stands between two clusters.
  struct Link {
    std::array<std::uint32_t, 2> end{};
    std::array<std::uint32_t, 2> next{};  ///< the next link of each end
    std::int64_t sum = 0;                 ///< of the candidate pairs' clamped weights times votes
    std::int64_t votes = 0;               ///< of the candidate pairs
    std::uint64_t judged = 1;             ///< cross pairs when `mean` was computed
    double mean = 0;
    std::uint32_t known = 0;  ///< candidate pairs
    float best = 0;           ///< the strongest candidate pair, raw
    std::uint32_t best_a = nobody;
    std::uint32_t best_b = nobody;
    std::uint32_t version = 0;  ///< of its entry in the heap; others are void
    MergeRefusal blocked = MergeRefusal::none;
    bool alive = true;
  };

  /// Some pairs together: their weights times votes, their votes, their number.
  struct Tally {
    std::int64_t sum = 0;
    std::int64_t votes = 0;
    std::uint64_t count = 0;
  };

  struct Cluster {
    std::uint32_t size = 1;
    std::uint32_t smallest = 0;  ///< member
    std::uint32_t rank = 0;      ///< smallest of its members'
    std::uint32_t first_link = nobody;
    std::uint32_t last_link = nobody;
    std::uint32_t links = 0;
    std::uint32_t first_member = nobody;  ///< the members of lowest rank, ascending
    std::uint32_t identifier_begin = 0;
    std::uint32_t identifier_count = 0;
  };

  struct HeapEntry {
    double mean;
    float best;
    std::uint32_t link;
    std::uint64_t ranks;
    std::uint32_t version;
    bool operator<(const HeapEntry& other) const noexcept {
      if (mean != other.mean) return mean < other.mean;
      if (best != other.best) return best < other.best;
      return ranks > other.ranks;
    }
  };

  [[nodiscard]] std::int32_t units(float weight) const noexcept;
  [[nodiscard]] std::int32_t votes(std::int32_t units) const noexcept;
  [[nodiscard]] bool plain_couple(const ComponentInput& input) const noexcept;
  void merge_couple(const ComponentInput& input, std::span<std::uint32_t> cluster);
  void prepare(const ComponentInput& input);
  void rank_members();
  void add_link(const PlacedPair& pair, bool cannot);
  void attach(std::uint32_t link, unsigned side);
  void push(std::uint32_t link);
  void judge(Link& link);
  [[nodiscard]] Tally absent_pairs(const Link& link, std::uint64_t absent);
  [[nodiscard]] std::int32_t asked(std::uint32_t a, std::uint32_t b);
  [[nodiscard]] std::uint64_t cross(const Link& link) const noexcept;
  [[nodiscard]] MergeRefusal refusal(std::uint32_t a, std::uint32_t b, bool forced);
  [[nodiscard]] bool too_many_identifiers(const Cluster& a, const Cluster& b);
  /// The distinct identifiers of both in united_.
  void unite_identifiers(const Cluster& a, const Cluster& b);
  void unite_members(Cluster& into, const Cluster& from);
  /// Merges the clusters and all links of the one with fewer into those of the
  /// other.
  void merge(std::uint32_t a, std::uint32_t b);
  void combine(Link& into, const Link& from);
  void force_must_links(const ComponentInput& input);
  void merge_best_first();
  void list_refused();
  [[nodiscard]] std::uint32_t owner(std::uint32_t member) noexcept;
  [[nodiscard]] MergeStep step(std::uint32_t a, std::uint32_t b) const;

  const PairWeight& weight_of_;
  const ClusterConstraints& constraints_;
  const ClusterOptions& options_;
  double threshold_;     ///< in units
  std::int32_t absent_;  ///< in units
  bool silent_ = false;  ///< whether pairs that say little count little
  double neutral_ = 0;   ///< in units

  std::span<const std::uint32_t> records_;
  std::vector<Cluster> clusters_;
  std::vector<std::uint32_t> owner_;
  std::vector<std::uint32_t> rank_;
  std::vector<std::uint32_t> next_member_;
  std::vector<Link> links_;
  std::vector<HeapEntry> heap_;
  bool heaped_ = false;  ///< whether heap_ is kept as one
  PairTable link_of_;
  PairTable weights_;                     ///< units of candidate pairs and, in a square, of those
                                          ///< that were asked
  std::vector<std::uint32_t> conflicts_;  ///< a type, a cluster: the value; 0: none
  std::vector<std::uint64_t> identifiers_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::uint64_t> next_hashes_;
  std::vector<std::uint32_t> order_;
  std::array<std::vector<std::uint32_t>, 2> members_;
  std::vector<std::uint64_t> united_;
  std::vector<MergeStep>* steps_ = nullptr;
  std::vector<RefusedMerge>* refused_ = nullptr;
};

}  // namespace emptor::detail
