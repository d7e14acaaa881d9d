#include "emptor/identity/completeness.hpp"

#include <algorithm>

namespace emptor {

namespace {

void check_fields(std::size_t fields, std::size_t expected) {
  if (fields != expected) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a profile must have ", expected, " fields, got ", fields),
                    "completeness");
  }
}

}  // namespace

void CompletenessCounts::add(const GoldenProfile& profile) {
  if (profiles_ != 0) check_fields(profile.fields.size(), fields_.size());
  fields_.resize(profile.fields.size());
  ++profiles_;
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    fields_[f].known += profile.fields[f].known() ? 1 : 0;
    fields_[f].inferred += profile.fields[f].inferred ? 1 : 0;
  }
}

void CompletenessCounts::merge(const CompletenessCounts& other) {
  if (other.profiles_ == 0) return;
  if (profiles_ != 0) check_fields(other.fields_.size(), fields_.size());
  fields_.resize(other.fields_.size());
  profiles_ += other.profiles_;
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    fields_[f].known += other.fields_[f].known;
    fields_[f].inferred += other.fields_[f].inferred;
  }
}

std::vector<FieldToAsk> CompletenessCounts::fields_to_ask(
    const SurvivorshipOptions& options) const {
  std::vector<FieldToAsk> out;
  if (profiles_ == 0) return out;
  check_fields(fields_.size(), options.fields.size());
  double weights = 0;
  for (const SurvivorField& field : options.fields) weights += field.weight;
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    const auto unknown = static_cast<double>(profiles_ - fields_[f].known);
    const double missing =
        unknown - options.inferred_credit * static_cast<double>(fields_[f].inferred);
    const double gain = options.fields[f].weight / weights * missing /
                        static_cast<double>(profiles_) * options.fields[f].answer_rate;
    if (gain > 0) out.push_back({f, gain});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const FieldToAsk& a, const FieldToAsk& b) { return a.gain > b.gain; });
  return out;
}

double CompletenessCounts::completeness(const SurvivorshipOptions& options) const {
  if (profiles_ == 0) return 0;
  check_fields(fields_.size(), options.fields.size());
  double weights = 0;
  double sum = 0;
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    weights += options.fields[f].weight;
    sum += options.fields[f].weight *
           (static_cast<double>(fields_[f].known) +
            options.inferred_credit * static_cast<double>(fields_[f].inferred));
  }
  return sum / weights / static_cast<double>(profiles_);
}

double completeness(const GoldenProfile& profile, const SurvivorshipOptions& options) {
  CompletenessCounts one;
  one.add(profile);
  return one.completeness(options);
}

std::vector<FieldToAsk> fields_to_ask(const GoldenProfile& profile,
                                      const SurvivorshipOptions& options) {
  CompletenessCounts one;
  one.add(profile);
  return one.fields_to_ask(options);
}

}  // namespace emptor
