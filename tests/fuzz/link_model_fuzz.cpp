// Models of linkages from any bytes: an error or a model that comes back as it was saved.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/identity/link_model.hpp"

namespace {

using namespace emptor;

void require(bool condition) {
  if (!condition) std::abort();
}

void load(std::span<const std::byte> bytes) {
  const Result<LinkModel> model = LinkModel::load(bytes);
  if (!model) {
    require(!model.error().message.empty());
    return;
  }
  require(model->random_share() > 0 && model->comparisons().size() <= max_comparisons);
  for (std::size_t c = 0; c < model->comparisons().size(); ++c) {
    const Comparison& comparison = model->comparisons()[c].comparison;
    require(comparison.parent < static_cast<int>(model->comparisons().size()) &&
            comparison.parent != static_cast<int>(c));
    require(model->comparisons()[c].levels < max_levels);
  }
  const std::vector<std::byte> saved = model->save();
  const Result<LinkModel> again = LinkModel::load(saved);
  require(again.has_value() && again->save() == saved);
}

/// A model that is sound but for the bytes of the input that are put over it.
std::vector<std::byte> changed_model(std::span<const std::byte> input) {
  ArchiveWriter writer("link-model", 1);
  SectionWriter& section = writer.section("model", 1);
  const auto take = [&]() -> std::uint8_t {
    if (input.empty()) return 0;
    const auto value = std::to_integer<std::uint8_t>(input.front());
    input = input.subspan(1);
    return value;
  };
  section.put(.01 * (take() % 128 + 1));
  section.put(.01 * (take() % 64));
  const std::uint64_t comparisons = take() % 28;
  section.put(comparisons);
  for (std::uint64_t c = 0; c < comparisons; ++c) {
    section.put_text("name");
    const std::uint8_t kind = take() % 17;
    section.put(kind);
    section.put(take());
    section.put(static_cast<std::uint8_t>(take() % 8));
    section.put(static_cast<std::uint8_t>(take() % 28));
    section.put(take() % 2 == 1);
    section.put(take() % 2 == 1);
    const std::size_t levels = kind <= static_cast<std::uint8_t>(ComparisonKind::list)
                                   ? last_level(static_cast<ComparisonKind>(kind))
                                   : 3;
    for (int i = 0; i < 9; ++i) {
      std::vector<double> values(take() == 255 ? 7 : max_levels, 0.0);
      for (std::size_t level = 1; level <= levels && level < values.size(); ++level) {
        values[level] = 1 / static_cast<double>(levels + take() % 3);
      }
      section.put_array(values);
    }
  }
  for (std::size_t i = 0; i < input.size() && i < 8; ++i) section.put(input[i]);
  return std::move(writer).finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  load(bytes);
  load(changed_model(bytes));
  ArchiveWriter writer("link-model", 1);
  SectionWriter& section = writer.section("model", 1);
  for (const std::byte byte : bytes) section.put(byte);
  load(std::move(writer).finish());
  return 0;
}
