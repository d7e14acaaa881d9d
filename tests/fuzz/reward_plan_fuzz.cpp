// Reward plans and engines from any bytes: an error with a place, or a plan that comes back from
// its canonical text; an engine that decides by it and is saved and loaded.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/reward/plan_json.hpp"
#include "emptor/reward/reward_engine.hpp"

namespace {

using namespace emptor;

void require(bool condition) {
  if (!condition) std::abort();
}

void use(RewardEngine engine) {
  std::vector<RewardDecision> out;
  const std::array<UplineMember, 3> upline{{{Customer{1}}, {Customer{2}}, {Customer{3}}}};
  RewardOccasion occasion;
  for (std::uint64_t e = 0; e < 4; ++e) {
    occasion.event = e;
    occasion.customer = Customer{7};
    occasion.time = Time{std::chrono::seconds{1'700'000'000 + 86'400 * static_cast<long>(e)}};
    occasion.gross = occasion.net = occasion.margin = 5'000;
    static_cast<void>(engine.decide(occasion, upline, out));
  }
  static_cast<void>(engine.adjust({2, 1, 10, 10, 10, occasion.time}, out));
  static_cast<void>(engine.void_event(3, occasion.time, out));
  for (const RewardDecision& one : out) require(!engine.explain(one).empty());
  if (!out.empty()) static_cast<void>(engine.release(out[0].key));
  out.clear();
  for (std::uint64_t e = 0; e < 8; ++e) static_cast<void>(engine.decisions_of(e, out));
  const std::vector<std::byte> bytes = engine.save();
  const Result<RewardEngine> again = RewardEngine::load(bytes);
  require(again.has_value() && again->save() == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<RewardPlan> plan = parse_reward_plan(text);
  if (plan) {
    const std::string canonical = to_json(*plan);
    const Result<RewardPlan> again = parse_reward_plan(canonical);
    require(again.has_value() && *again == *plan && to_json(*again) == canonical);
    use(RewardEngine(*plan));
  } else {
    require(!plan.error().message.empty() && !plan.error().where.empty());
  }

  const auto bytes = std::as_bytes(std::span(data, size));
  if (Result<RewardEngine> engine = RewardEngine::load(bytes)) use(std::move(*engine));

  // Hostile content behind right checksums: the records of a plan with a cap and a milestone.
  ArchiveWriter writer("reward-engine", 1);
  SectionWriter& plans = writer.section("plans");
  plans.put(std::uint64_t{1});
  plans.put_text(
      R"({"id":"p","currency":"EUR","rules":[{"id":"a","amount":{"basis_points":500}},)"
      R"({"id":"b","amount":{"form":"milestone","steps":[{"from":1,"value":5}]}}],)"
      R"("caps":[{"id":"c","per":["beneficiary"],"window":"rolling","rolling_days":3,"limit":9}]})");
  // The first four bytes say how many bytes are the events, and how many the changes.
  const auto length = [&](std::size_t at) {
    return size < 4 ? 0 : std::size_t{data[at]} | std::size_t{data[at + 1]} << 8;
  };
  std::size_t at = size < 4 ? size : 4;
  const auto put = [&](const char* tag, std::size_t count) {
    SectionWriter& to = writer.section(tag);
    for (const std::size_t end = std::min(size, at + count); at < end; ++at) to.put(data[at]);
  };
  put("events", length(0));
  put("changes", length(2));
  put("corrections", size);
  if (Result<RewardEngine> engine = RewardEngine::load(std::move(writer).finish())) {
    use(std::move(*engine));
  }
  return 0;
}
