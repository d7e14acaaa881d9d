#include "emptor/reward/plan.hpp"

#include <string>

#include "emptor/reward/plan_json.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

RewardRule level_rule(std::int64_t level, std::int64_t points) {
  RewardRule rule;
  rule.id = text("level-", level);
  rule.beneficiary.level = level;
  rule.amount = share_reward(points);
  return rule;
}

RewardPlanDraft two_levels() {
  RewardPlanDraft draft;
  draft.id = "friends";
  draft.currency = Currency("EUR");
  draft.rules = {level_rule(1, 500), level_rule(2, 200)};
  return draft;
}

/// A draft in which no member has its default.
RewardPlanDraft everything() {
  RewardPlanDraft draft = two_levels();
  draft.version = 7;
  draft.valid = {Time{std::chrono::seconds{1'700'000'000}},
                 Time{std::chrono::seconds{1'800'000'000}}};
  draft.max_paid_depth = 3;
  draft.pay_without_sale = true;
  draft.budget = 1'000'000;
  draft.points_budget = 0;
  draft.groups = {{"either", RewardStacking::first}};
  RewardRule& rule = draft.rules[1];
  rule.trigger.event = RewardEventKind{130};
  rule.trigger.first = 2;
  rule.trigger.last = 9;
  rule.trigger.every = 3;
  rule.trigger.minimum_of = RewardBase::margin;
  rule.trigger.minimum = 2500;
  rule.trigger.items = {Item{3}, Item{1}};
  rule.trigger.categories = {Category{4}};
  rule.trigger.channels = {Channel{0}};
  rule.trigger.campaigns = {Campaign{9}};
  rule.trigger.segments = {0, 63};
  rule.trigger.without_segments = {7};
  rule.trigger.lowest_tier = 1;
  rule.trigger.highest_tier = 3;
  rule.beneficiary = {RewardParty::upline, 3, 0, 2};
  rule.amount = {};
  rule.amount.form = RewardForm::tiers;
  rule.amount.base = RewardBase::gross;
  rule.amount.marginal = false;
  rule.amount.steps = {{0, 100}, {5000, 300}};
  rule.amount.times = 12;
  rule.kind = RewardKind::points;
  rule.rounding = Rounding::floor;
  rule.hold.duration = std::chrono::days{14};
  rule.expires_after = std::chrono::days{365};
  rule.group = "either";
  rule.priority = -4;
  RewardCap cap;
  cap.id = "recent";
  cap.per = {RewardCapPer::beneficiary, RewardCapPer::campaign};
  cap.measure = RewardCapMeasure::count;
  cap.window = RewardCapWindow::rolling;
  cap.rolling_days = 30;
  cap.offset = UtcOffset{480};
  cap.limit = 5;
  cap.level = 3;
  rule.caps = {cap};
  cap.kind = RewardKind::points;
  draft.caps = {cap};
  RewardRule gift;
  gift.id = "gift";
  gift.beneficiary = {RewardParty::role, 1, 2, 0};
  gift.kind = RewardKind::gift;
  gift.gift = Item{8};
  gift.amount.form = RewardForm::milestone;
  gift.amount.measure = MilestoneMeasure::net;
  gift.amount.steps = {{1000, 1}, {5000, 2}};
  gift.hold.until = RewardEventKind::delivery;
  draft.rules.push_back(gift);
  return draft;
}

std::string problem_of(const RewardPlanDraft& draft) {
  try {
    const RewardPlan plan(draft);
  } catch (const Exception& error) {
    CHECK(error.code() == ErrorCode::invalid_option);
    CHECK(error.error().where.size() > 0);
    return error.error().message;
  }
  return {};
}

std::string json_problem(std::string_view json) {
  const Result<RewardPlan> plan = parse_reward_plan(json);
  return plan ? std::string() : plan.error().to_string();
}

}  // namespace

TEST_CASE("A sound reward plan is taken as it is") {
  const RewardPlan plan(two_levels());
  CHECK(plan.content() == two_levels());
  CHECK(plan.paid_depth() == 2);
  CHECK(plan.version() == 1);
  CHECK(RewardPlan(everything()).paid_depth() == 3);
}

TEST_CASE("Problems of reward plans name their path and what would be right") {
  RewardPlanDraft draft = two_levels();
  draft.rules.push_back(level_rule(1, 12000));
  draft.rules[2].id = "third";
  CHECK(problem_of(draft) == "'rules[2].amount.basis_points' must be in [0, 10000], got 12000");

  draft = two_levels();
  draft.rules.push_back(level_rule(3, 100));
  CHECK(problem_of(draft) ==
        "'rules[2].beneficiary.level' must be in [1, 2], as max_paid_depth says, got 3");
  draft.max_paid_depth = 3;
  CHECK(problem_of(draft).empty());

  draft = two_levels();
  draft.rules[0].trigger.event = RewardEventKind::sign_up;
  CHECK(problem_of(draft) ==
        "'rules[0].trigger.event' must be a sale when others than the customer are paid (or set "
        "pay_without_sale)");
  draft.rules[0].beneficiary.party = RewardParty::referee;
  CHECK(problem_of(draft).empty());

  draft = two_levels();
  draft.rules[1].id = draft.rules[0].id;
  CHECK(problem_of(draft) == "'rules[1].id' must be unique, but it is that of the one at 0 too");

  draft = two_levels();
  draft.rules[0].caps = {RewardCap{}};
  draft.rules[0].caps[0].id = "c";
  draft.rules[0].caps[0].window = RewardCapWindow::rolling;
  CHECK(problem_of(draft) == "'rules[0].caps[0].rolling_days' must be in [1, 3660], got 0");

  draft = two_levels();
  draft.rules[0].group = "none";
  draft.rules[0].hold = {std::chrono::seconds{5}, RewardEventKind::delivery};
  draft.version = 0;
  const std::vector<Error> all = reward_plan_problems(draft);
  REQUIRE(all.size() == 3);
  CHECK(all[0].to_string() == "version: must be in [1, 1000000000], got 0");
  CHECK(all[1].where == "rules[0].hold.seconds");
  CHECK(all[2].to_string() == "rules[0].group: must be one of the plan's groups");
}

TEST_CASE("Reward plans are refused for each member out of its range") {
  const auto refused = [](auto change) {
    RewardPlanDraft draft = everything();
    change(draft);
    return !reward_plan_problems(draft).empty();
  };
  CHECK_FALSE(refused([](RewardPlanDraft&) {}));
  CHECK(refused([](RewardPlanDraft& d) { d.id = "no spaces"; }));
  CHECK(refused([](RewardPlanDraft& d) { d.id.clear(); }));
  CHECK(refused([](RewardPlanDraft& d) { d.valid.to = d.valid.from; }));
  CHECK(refused([](RewardPlanDraft& d) { d.budget = -1; }));
  CHECK(refused([](RewardPlanDraft& d) { d.points_budget = -1; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules.clear(); }));
  CHECK(refused([](RewardPlanDraft& d) { d.groups.push_back(d.groups[0]); }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].trigger.first = 0; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].trigger.last = 1; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].trigger.every = 0; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].trigger.minimum = -1; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].trigger.event = RewardEventKind{20}; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].trigger.segments = {64}; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].trigger.items = {no_item}; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].trigger.highest_tier = 0; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[2].beneficiary.role = 256; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[2].beneficiary.level = 2; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].amount.steps.clear(); }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].amount.steps[0].from = 1; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].amount.steps[1].from = 0; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].amount.steps[1].value = 10'001; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].amount.fixed = 5; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].amount.times = -1; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[2].amount.steps[0].from = 0; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[2].gift = no_item; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[2].amount = share_reward(5); }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[2].group = "either"; }));
  CHECK(refused([](RewardPlanDraft& d) { d.rules[1].priority = 1'000'001; }));
  CHECK(refused([](RewardPlanDraft& d) { d.caps.push_back(d.caps[0]); }));
  CHECK(refused([](RewardPlanDraft& d) { d.caps[0].per.push_back(RewardCapPer::campaign); }));
  CHECK(refused([](RewardPlanDraft& d) { d.caps[0].per.push_back(RewardCapPer::event); }));
  CHECK(refused([](RewardPlanDraft& d) { d.caps[0].limit = -1; }));
  CHECK(refused([](RewardPlanDraft& d) { d.caps[0].offset = UtcOffset{1081}; }));
}

TEST_CASE("Reward plans go to JSON and back, equal to the byte") {
  for (const RewardPlanDraft& draft : {two_levels(), everything()}) {
    const RewardPlan plan(draft);
    const std::string canonical = to_json(plan);
    const Result<RewardPlan> again = parse_reward_plan(canonical);
    INFO(canonical);
    REQUIRE(again.has_value());
    CHECK(again->content() == draft);
    CHECK(to_json(*again) == canonical);
    CHECK(again->hash() == plan.hash());
    CHECK(plan.hash() == sha256(canonical));
    const Result<RewardPlan> for_people = parse_reward_plan(to_json(plan, 2));
    REQUIRE(for_people.has_value());
    CHECK(to_json(*for_people) == canonical);
  }
  CHECK(
      to_json(RewardPlan(two_levels())) ==
      R"({"id":"friends","currency":"EUR","rules":[{"id":"level-1","amount":{"basis_points":500}},)"
      R"({"id":"level-2","beneficiary":{"level":2},"amount":{"basis_points":200}}]})");
  CHECK(RewardPlan(two_levels()).hash() != RewardPlan(everything()).hash());
}

TEST_CASE("Errors of reward plans in JSON say where") {
  const std::string head = R"({"id":"p","currency":"EUR","rules":[{"id":"a","amount":)";
  CHECK(json_problem(head + R"({"basis_points":5}}]})").empty());
  CHECK(json_problem(head + R"({"basis_points":12000}}]})") ==
        "/rules/0/amount/basis_points: must be in [0, 10000], got 12000");
  CHECK(json_problem(head + R"({"basis_points":2.5}}]})") ==
        "/rules/0/amount/basis_points: must be a whole number of the smallest unit, not a "
        "fraction");
  CHECK(json_problem(head + R"({"basis_points":1e2}}]})").find("fraction") != std::string::npos);
  CHECK(json_problem(head + R"({"fixed":18446744073709551615}}]})") ==
        "/rules/0/amount/fixed: must be a whole number below 9.2e18");
  CHECK(json_problem(head + R"({"rate":5}}]})").find("/rules/0/amount/rate: is not known") == 0);
  CHECK(json_problem(head + R"({"a/b~":5}}]})").find("/rules/0/amount/a~1b~0: ") == 0);
  CHECK(json_problem(head + R"({"form":"cubic"}}]})") ==
        "/rules/0/amount/form: must be one of 'fixed', 'basis_points', 'tiers', 'milestone'");
  CHECK(json_problem(head + R"({"basis_points":5,"basis_points":6}}]})") ==
        "/rules/0/amount/basis_points: is there twice in one object");
  CHECK(json_problem(head + R"(5}]})") == "/rules/0/amount: must be an object: {…}");
  CHECK(json_problem(R"({"id":"p","rules":{}})") == "/rules: must be a list: […]");
  CHECK(json_problem(R"({"id":5})") == "/id: must be a text in quotes");
  CHECK(json_problem(R"({"currency":"eur"})") ==
        "/currency: must be three letters A to Z as in ISO 4217");
  CHECK(json_problem(R"({"pay_without_sale":1})") == "/pay_without_sale: must be true or false");
  CHECK(json_problem("[]") == "/: must be an object: {…}");
  CHECK(json_problem("{\n  \"id\": \"p\",\n  oops}") == "3:3: not JSON here");
  CHECK(json_problem("") == "1:1: not JSON here");
  CHECK(json_problem(R"({"budget":1e999})") == "/budget: a number is too large");
  CHECK(json_problem("1e999") == "/: a number is too large");
  CHECK(json_problem(R"({"id":"p","rules":[{},{"a/b~":[1,{"c":2},-1e999]}]})") ==
        "/rules/1/a~1b~0/2: a number is too large");
  CHECK(json_problem(R"({"rules":[{"id":"a"},{"id":"b","id":"c"}]})") ==
        "/rules/1/id: is there twice in one object");
  CHECK(json_problem(std::string(100'000, '[')) == "/: must be nested at most 16 levels deep");
  CHECK(json_problem(std::string(max_reward_plan_bytes + 1, ' '))
            .find("a plan has at most 1048576 bytes") != std::string::npos);
  CHECK(json_problem("{\"id\":\"\xff\"}") == "1:8: not JSON here");
}
