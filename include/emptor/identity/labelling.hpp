#pragma once
// Pairs for people to judge, few and telling, and how good a linkage is by what they said.
//
// The population is all likely pairs and all pairs inside a cluster. It is cut into strata by
// weight and by whether the pair is a link (both records in one cluster), and pairs are drawn from
// each without replacement: most where the model is least sure (J. Neyman, "On the two different
// aspects of the representative method", JRSS 97(4), 1934, doi:10.2307/2342192), some everywhere,
// since the model may be wrong where it is sure. Matches are so rare among all pairs that a plain
// sample would hold hardly any: Neil G. Marchant, Benjamin I. P. Rubinstein, "In search of an
// entity resolution OASIS: optimal asymptotic sequential importance sampling", PVLDB 10(11), 2017,
// doi:10.14778/3137628.3137642.
//
// A stratum of N pairs, n of which were judged, counts each judged pair N / n times (D. G. Horvitz,
// D. J. Thompson, "A generalization of sampling without replacement from a finite universe", JASA
// 47(260), 1952, doi:10.1080/01621459.1952.10483446): unbiased for numbers of matches, whatever
// the model believes. Intervals are Wilson's (E. B. Wilson, "Probable inference, the law of
// succession, and statistical inference", JASA 22(158), 1927, doi:10.1080/01621459.1927.10502953)
// for as many independent answers as would leave the same variance; in the variance of a stratum
// the model's own belief counts as one more answer, so that a stratum without a surprise is not
// taken for certain.
//
// Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/identity/explain.hpp"
#include "emptor/identity/link.hpp"
#include "emptor/identity/linkage_result.hpp"

namespace emptor {

struct LabellingOptions {
  std::size_t rows = 200;    ///< pairs to judge, about; fewer if there are not so many; >= 1
  std::uint64_t seed = 1;    ///< which pairs are drawn
  std::size_t at_least = 4;  ///< rows of each stratum that has as many; >= 1
  /// Bounds of the strata, bits, ascending; not empty.
  std::vector<float> bounds = {-2, 0, 2, 4, 8, 12, 20};
  ExplainOptions explain{};
};

/// Pairs of about equal weight.
struct LabellingStratum {
  float low = 0, high = 0;      ///< weights in [low, high), bits; the ends are infinite
  bool linked = false;          ///< both records are in one cluster
  std::uint64_t pairs = 0;      ///< in all
  std::size_t rows = 0;         ///< of those, drawn
  double mean_probability = 0;  ///< of a match, as the model believes
};

/// A pair to judge.
struct LabellingRow {
  std::uint32_t a = 0, b = 0;       ///< a < b
  float weight = 0;                 ///< bits
  std::size_t stratum = 0;          ///< place in `LabellingFile::strata`
  double sampling_probability = 1;  ///< rows / pairs of the stratum
  std::string explanation{};        ///< `evidence_line`; the host adds the records themselves
};

struct LabellingFile {
  std::vector<LabellingRow> rows{};  ///< the least sure first
  std::vector<LabellingStratum> strata{};
  /// Matches that the model expects among pairs that were compared and not kept: the population is
  /// without them, and so is recall unless they are counted.
  double missed = 0;
};

/// The same linkage, options and seed give the same file. Throws `invalid_option`. O(pairs + pairs
/// inside clusters).
[[nodiscard]] EMPTOR_API LabellingFile labelling_file(const Linkage& linkage,
                                                      const LabellingOptions& options = {});

struct EstimateOptions {
  double confidence = 0.95;   ///< of the intervals; in (0, 1)
  bool count_missed = false;  ///< add `LabellingFile::missed` to the matches: recall and F1 then
                              ///< also rest on the model
};

/// From labels of the file's rows, in any order, either record first. Rows without a label count as
/// not drawn, so they should be missing for no reason that has to do with the answer; labels of
/// other pairs are counted and left out. Throws `invalid_option`; `invalid_value` when a pair has
/// both labels; `invalid_shape` when a row's stratum does not exist. O(labels log labels).
[[nodiscard]] EMPTOR_API EstimatedQuality estimate_quality(const LabellingFile& file,
                                                           std::span<const LabelledPair> labels,
                                                           const EstimateOptions& options = {});

/// A line that could not be read. Without its text, which may be personal.
struct LabelError {
  std::size_t line = 0;  ///< from 1
  std::string message{};
};

struct LabelsRead {
  std::vector<LabelledPair> labels{};
  std::size_t blank = 0;  ///< rows without a label yet
  std::vector<LabelError> errors{};
};

/// Lines "a,b,label" (or with ';' or tabs): rows of two records below `records`, and 1, yes, true,
/// match or 0, no, false, different in any case; an empty label is a pair not judged yet. Empty
/// lines and a first line "a,b,label" are stepped over. What is wrong is listed, all else is read.
[[nodiscard]] EMPTOR_API LabelsRead read_labels(std::string_view lines, std::size_t records);

}  // namespace emptor
