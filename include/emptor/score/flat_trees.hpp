#pragma once
// Ensembles of trees as one flat, immutable array of nodes: what boosting, forests, single trees
// and imported models all score with.
//
// A number goes left when x < threshold, a category when its bit is set, a missing value (NaN; a
// code that the set does not reach) to the side that the node names. Margin of a row = base +
// scale x sum of the leaves it reaches, summed in double in the order of the trees; score = the
// link of it. One row follows eight trees side by side, since a step waits for memory; batches
// follow rows side by side, or, with AVX2 or AVX-512 kernels and trees of up to 64 leaves that ask
// numbers only, ask all nodes of a tree about 64 rows at once, as masks: Claudio Lucchese, Franco
// Maria Nardini, Salvatore Orlando, Raffaele Perego, Nicola Tonellotto, Rossano Venturini,
// "QuickScorer: a fast algorithm to rank documents with additive ensembles of regression trees",
// SIGIR 2015, doi:10.1145/2766462.2767733, has the idea. All ways give the same bits.
//
// Memory: 50 bytes a node. Scoring a row allocates nothing. Thread safety: immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/score/tree_kernels.hpp"

namespace emptor {

class SectionReader;
class SectionWriter;

/// From margin to score.
enum class TreeLink : std::uint8_t {
  identity,
  logistic,     ///< 1 / (1 + exp(-margin))
  exponential,  ///< exp(margin)
};

struct TreeNode {
  float threshold = 0;       ///< of a number: x < threshold goes left
  std::uint32_t column = 0;  ///< that is asked about
  std::uint32_t left = 0;    ///< node of the left child, the right one is the next; 0: a leaf
  std::uint32_t set = 0;     ///< 0: a number; else 1 + the set of categories that go left
  bool missing_left = false;
  float value = 0;  ///< of a leaf
  float cover = 0;  ///< weight of the training rows that came here, >= 0

  friend bool operator==(const TreeNode&, const TreeNode&) = default;
};

/// Codes of categories as bits: code c is bit c % 32 of word c / 32, of `words` from `first`.
struct CategorySet {
  std::uint32_t first = 0;
  std::uint32_t words = 0;

  friend bool operator==(const CategorySet&, const CategorySet&) = default;
};

struct FlatTreesParts {
  std::size_t columns = 0;  ///< d, of a row
  TreeLink link = TreeLink::identity;
  double base = 0;
  double scale = 1;  ///< of the sum of leaves: 1 / trees is a mean
  /// First node of each tree, ascending from 0; a tree's nodes end where the next begins. Children
  /// stand behind their parent.
  std::vector<std::uint32_t> roots{};
  std::vector<TreeNode> nodes{};
  std::vector<CategorySet> sets{};
  std::vector<std::uint32_t> words{};

  friend bool operator==(const FlatTreesParts&, const FlatTreesParts&) = default;
};

class FlatTrees {
 public:
  FlatTrees() : FlatTrees(FlatTreesParts{}) {}
  /// Throws `invalid_value` unless every node but a root is the child of exactly one node before it
  /// in its tree, columns, sets and words exist, and numbers are finite (a threshold may be
  /// infinite).
  EMPTOR_API explicit FlatTrees(FlatTreesParts parts);

  [[nodiscard]] const FlatTreesParts& parts() const noexcept { return parts_; }
  [[nodiscard]] std::size_t columns() const noexcept { return parts_.columns; }
  [[nodiscard]] std::size_t trees() const noexcept { return parts_.roots.size(); }
  [[nodiscard]] std::size_t depth() const noexcept { return depth_; }

  /// A row must have `columns()` values; any values do, also infinite ones. No check is made: a
  /// shorter row is read beyond its end.
  [[nodiscard]] EMPTOR_API double margin(std::span<const float> row) const noexcept;
  [[nodiscard]] EMPTOR_API double score(std::span<const float> row) const noexcept;
  [[nodiscard]] EMPTOR_API double link(double margin) const noexcept;
  /// The leaf, as a node, that the row reaches in a tree.
  [[nodiscard]] EMPTOR_API std::uint32_t leaf(std::size_t tree,
                                              std::span<const float> row) const noexcept;

  /// Of m rows. Throws `invalid_shape`.
  EMPTOR_API void margins(const Matrix<float>& rows, std::span<double> out,
                          const Context& context = {}) const;
  EMPTOR_API void scores(const Matrix<float>& rows, std::span<double> out,
                         const Context& context = {}) const;

  EMPTOR_API void save(SectionWriter& section) const;
  [[nodiscard]] EMPTOR_API static Result<FlatTrees> load(SectionReader& section);

  friend bool operator==(const FlatTrees& a, const FlatTrees& b) { return a.parts_ == b.parts_; }

 private:
  struct Step {
    float threshold;       // NaN: a leaf
    std::uint32_t column;  // highest bit: missing goes right
    std::uint32_t left;    // of a leaf: itself
    std::uint32_t set;
  };
  /// A step in 8 bytes, of trees that ask numbers of few columns. Missing values that go right
  /// stand in places of their own in a prepared row, as infinity; a leaf asks a place that is
  /// always missing, and so stays.
  struct SmallStep {
    float threshold;      // of a leaf: its value
    std::uint32_t where;  // place in a prepared row, and above these bits the left child
  };

  void check();
  void make_steps();
  void make_small_steps();
  [[nodiscard]] std::uint32_t next(std::uint32_t at, const float* row) const noexcept;
  [[nodiscard]] static std::uint32_t small_next(SmallStep step, const float* prepared) noexcept;
  [[nodiscard]] bool goes_right(const Step& step, float x) const noexcept;
  [[nodiscard]] std::size_t prepared_size() const noexcept { return 2 * columns() + 1; }
  void prepare(const float* row, float* out) const noexcept;
  template <class Next>
  [[nodiscard]] double sum_of_trees(const Next& next_of) const noexcept;
  [[nodiscard]] double sum_of_row(const float* row) const noexcept;
  template <class Next>
  void sums_of_eight(const Next& next_of, double* out) const noexcept;
  [[nodiscard]] double value_at(std::uint32_t at) const noexcept;
  void sums_of_rows(const Matrix<float>& rows, std::size_t begin, std::size_t end,
                    double* out) const;
  void sums_by_masks(const TreeKernels& kernels, const Matrix<float>& rows, std::size_t begin,
                     std::size_t end, double* out) const;

  FlatTreesParts parts_;
  std::vector<SmallStep> small_steps_;  // or else the next two
  std::vector<Step> steps_;
  std::vector<float> values_;
  std::vector<std::uint32_t> starts_;  // roots, filled up to a multiple of eight with an empty leaf
  std::vector<std::uint32_t> depths_;  // by tree
  std::size_t depth_ = 0;
  detail::MaskPlan masks_;
};

}  // namespace emptor
