#include "emptor/score/linear_predictor.hpp"

#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

LinearPredictor::LinearPredictor(ScoreSchema schema, double base, std::vector<LinearTerm> terms,
                                 std::vector<double> parts)
    : schema_(std::move(schema)), base_(base), terms_(std::move(terms)), parts_(std::move(parts)) {
  const auto refuse = [](ErrorCode code, const char* why) {
    throw Exception(code, why, "LinearPredictor");
  };
  if (terms_.size() != schema_.size()) {
    refuse(ErrorCode::invalid_shape, "a term is needed for each column");
  }
  bool finite = std::isfinite(base_);
  for (const double part : parts_) finite = finite && std::isfinite(part);
  for (std::size_t c = 0; c < terms_.size(); ++c) {
    const LinearTerm& term = terms_[c];
    finite = finite && std::isfinite(term.slope) && std::isfinite(term.centre) &&
             std::isfinite(term.offset) && std::isfinite(term.missing);
    if (term.count != schema_[c].categories.size() || term.first > parts_.size() ||
        term.count > parts_.size() - term.first) {
      refuse(ErrorCode::invalid_shape, "a category needs a part for each of its codes");
    }
  }
  if (!finite) refuse(ErrorCode::invalid_value, "all parts must be finite");
}

void LinearPredictor::values(const ScoreTable& table, std::span<double> out,
                             const Context& context) const {
  if (out.size() != table.rows() || !(table.schema() == schema_)) {
    throw Exception(ErrorCode::invalid_shape,
                    "a table of the model's schema and room for each of its rows (see map_rows)",
                    "LinearPredictor::values");
  }
  parallel_chunks(context, table.rows(), 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) out[r] = value(table.row(r));
  });
}

void LinearPredictor::save(SectionWriter& section) const {
  schema_.save(section);
  section.put(base_);
  for (const LinearTerm& term : terms_) {
    section.put(term.slope);
    section.put(term.centre);
    section.put(term.offset);
    section.put(term.missing);
    section.put(term.first);
    section.put(term.count);
  }
  section.put_array(parts_);
}

Result<LinearPredictor> LinearPredictor::load(SectionReader& section) {
  Result<ScoreSchema> schema = ScoreSchema::load(section);
  if (!schema) return schema.error();
  const auto base = section.get<double>();
  std::vector<LinearTerm> terms(schema->size());
  for (LinearTerm& term : terms) {
    term.slope = section.get<double>();
    term.centre = section.get<double>();
    term.offset = section.get<double>();
    term.missing = section.get<double>();
    term.first = section.get<std::uint64_t>();
    term.count = section.get<std::uint64_t>();
  }
  auto parts = section.get_array<double>();
  if (Result<void> done = section.finish(); !done) return done.error();
  try {
    return LinearPredictor(std::move(*schema), base, std::move(terms), std::move(parts));
  } catch (const Exception& refused) {
    return Error{ErrorCode::corrupt, std::string(refused.what()), "LinearPredictor"};
  }
}

}  // namespace emptor
