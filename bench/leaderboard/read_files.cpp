// The text formats of published data sets.

#include <algorithm>
#include <limits>

#include "dataset.hpp"
#include "emptor/core/error.hpp"
#include "emptor/table/feature_builder.hpp"
#include "line_reader.hpp"

namespace leaderboard {
namespace {

using emptor::Customer;
using emptor::Item;
using Id = std::uint32_t;

void read_pairs(const std::filesystem::path& file, Dataset& to, emptor::InteractionLog& log) {
  constexpr std::string_view blank = " \t";
  LineReader in(file, "a customer and the items, whole numbers with spaces between");
  while (in.next()) {
    const Customer customer = to.customers.add(in.number<Id>(blank, "customer"));
    while (in.more(blank)) log.add(customer, to.items.add(in.number<Id>(blank, "item")));
  }
}

}  // namespace

void read_lightgcn(const std::filesystem::path& folder, Dataset& to) {
  read_pairs(folder / "train.txt", to, to.log);
  read_pairs(folder / "test.txt", to, to.test.emplace());
}

void read_ratings(const std::filesystem::path& file, Dataset& to, emptor::RatingLog& log) {
  constexpr std::string_view separators = "\t: ,";
  LineReader in(file, "customer, item, rating and time, with tabs or :: between");
  while (in.next()) {
    const auto customer = in.number<Id>(separators, "customer");
    const auto item = in.number<Id>(separators, "item");
    const auto rating = in.number<float>(separators, "rating");
    const auto time =
        in.more(separators) ? in.number<std::int64_t>(separators, "time in seconds") : 0;
    if (!(std::abs(rating) <= std::numeric_limits<float>::max())) in.fail("a rating is finite");
    log.add(to.customers.add(customer), to.items.add(item), rating,
            emptor::Time{std::chrono::seconds{time}});
  }
}

void read_sampled(const std::filesystem::path& folder, const std::string& name, Dataset& to) {
  constexpr std::string_view blank = "\t ";
  {
    LineReader in(folder / (name + ".train.rating"), "customer, item, rating and perhaps a time");
    while (in.next()) {
      const auto customer = in.number<Id>(blank, "customer");
      const auto item = in.number<Id>(blank, "item");
      static_cast<void>(in.number<float>(blank, "rating"));
      const auto time = in.more(blank) ? in.number<std::int64_t>(blank, "time") : 0;
      to.log.add(to.customers.add(customer), to.items.add(item), 1,
                 emptor::Time{std::chrono::seconds{time}});
    }
  }
  emptor::InteractionLog& test = to.test.emplace();
  LineReader in(folder / (name + ".test.negative"), "(customer,item) and the sampled items");
  constexpr std::string_view separators = "(,) \t";
  while (in.next()) {
    Question question{to.customers.add(in.number<Id>(separators, "customer")),
                      to.items.add(in.number<Id>(separators, "item")),
                      {}};
    test.add(question.customer, question.item);
    auto& negatives = question.negatives;
    while (in.more(separators)) {
      const Item item = to.items.add(in.number<Id>(separators, "item"));
      if (item != question.item) negatives.push_back(item);
    }
    if (negatives.empty()) in.fail("there is no sampled item");
    std::sort(negatives.begin(), negatives.end());
    negatives.erase(std::unique(negatives.begin(), negatives.end()), negatives.end());
    to.questions.push_back(std::move(question));
  }
  to.notes.emplace_back(
      "Every test item is ranked among its sampled negatives alone, which is easier than among all "
      "items: rank = 1 + the distinct negatives with a score not below its own.");
}

void read_item_features(const std::filesystem::path& file, Dataset& to) {
  constexpr std::string_view blank = " \t";
  LineReader in(file, "an item and its features, words with spaces between");
  emptor::FeatureBuilder builder(to.items.size());
  std::string_view word;
  while (in.next()) {
    in.field(blank, word);
    const auto item = to.items.find(word);
    if (!item) continue;  // nobody has it, so nobody can be recommended it
    while (in.field(blank, word)) builder.add_tag(emptor::index(*item), "feature", word);
  }
  to.item_features = builder.build();
}

void read_links(const std::filesystem::path& file, Dataset& to) {
  constexpr std::string_view blank = " \t";
  LineReader in(file, "a customer and whom the customer follows, with spaces between");
  emptor::LinkLog log;
  std::string_view word;
  while (in.next()) {
    in.field(blank, word);
    const auto who = to.customers.find(word);
    while (in.field(blank, word)) {
      const auto whom = to.customers.find(word);
      if (who && whom && *who != *whom) log.add(*who, *whom);
    }
  }
  to.links = emptor::Links(to.customers.size(), log);
}

}  // namespace leaderboard
