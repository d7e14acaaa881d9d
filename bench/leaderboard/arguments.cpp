#include "arguments.hpp"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <functional>
#include <map>

#include "emptor/core/error.hpp"
#include "model_kinds.hpp"

namespace leaderboard {
namespace {

[[noreturn]] void misuse(const std::string& message) {
  throw emptor::Exception(emptor::ErrorCode::invalid_option, message);
}

template <class Number>
Number number(std::string_view option, std::string_view word, Number least, Number most) {
  Number value{};
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (failure != std::errc{} || end != word.data() + word.size() || !(value >= least) ||
      !(value <= most)) {
    misuse(emptor::text(option, " needs a ", std::integral<Number> ? "whole " : "", "number from ",
                        least, " to ", most, ", got '", word, "'"));
  }
  return value;
}

SplitKind split_kind(std::string_view word) {
  if (word == "given") return SplitKind::given;
  if (word == "time") return SplitKind::time;
  if (word == "last-n") return SplitKind::last_n;
  if (word == "holdout") return SplitKind::holdout;
  if (word == "user-disjoint") return SplitKind::user_disjoint;
  misuse(
      emptor::text("--split is given, time, last-n, holdout or user-disjoint, got '", word, "'"));
}

std::vector<std::size_t> lengths(std::string_view option, std::string_view word) {
  std::vector<std::size_t> out;
  for (std::size_t begin = 0; begin <= word.size();) {
    const std::size_t end = std::min(word.find(',', begin), word.size());
    out.push_back(number<std::size_t>(option, word.substr(begin, end - begin), 1, 1000));
    begin = end + 1;
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

constexpr std::size_t any = 1'000'000'000'000;

using Setter = std::function<void(std::string_view option, std::string_view word)>;

std::map<std::string_view, Setter> setters(Arguments& to) {
  const auto path = [](std::filesystem::path& where) {
    return [&where](std::string_view option, std::string_view word) {
      if (word.empty()) misuse(emptor::text(option, " needs a value behind it"));
      where = word;
    };
  };
  const auto count = [](std::size_t& where, std::size_t least, std::size_t most) {
    return [&where, least, most](std::string_view option, std::string_view word) {
      where = number(option, word, least, most);
    };
  };
  const auto real = [](double& where, double least, double most) {
    return [&where, least, most](std::string_view option, std::string_view word) {
      where = number(option, word, least, most);
    };
  };
  return {
      {"--data", path(to.data)},
      {"--mapping", path(to.mapping)},
      {"--item-features", path(to.item_features)},
      {"--links", path(to.links)},
      {"--html", path(to.html)},
      {"--split",
       [&to](std::string_view, std::string_view word) { to.split.kind = split_kind(word); }},
      {"--test-share", real(to.split.test_share, 0.001, 0.9)},
      {"--last", count(to.split.last, 1, 1'000'000)},
      {"--folds", count(to.split.folds, 2, 1000)},
      {"--fold", count(to.split.fold, 0, 999)},
      {"--seed",
       [&to](std::string_view option, std::string_view word) {
         to.split.seed = number<std::uint64_t>(option, word, 0, UINT64_MAX);
       }},
      {"--threshold", real(to.threshold, -1e9, 1e9)},
      {"--k",
       [&to](std::string_view option, std::string_view word) { to.ks = lengths(option, word); }},
      {"--tune", count(to.tune, 1, 100'000)},
      {"--threads", count(to.threads, 0, 256)},
      {"--replicates", count(to.replicates, 100, 100'000)},
      {"--seconds", real(to.seconds, 0.01, 60)},
      {"--customers", count(to.customers, 1, any)},
      {"--items", count(to.items, 4, any)},
      {"--interactions", count(to.interactions, 1, any)},
  };
}

}  // namespace

std::string usage() {
  return R"(leaderboard: recommenders on your data, side by side

  leaderboard [OPTION VALUE]... MODEL...

  leaderboard                                           generated data, the default models
  leaderboard --data DIR als:factors=128 neighbours     on your own
  leaderboard --data DIR --tune 30 als ease             options are searched for
  leaderboard --data DIR --html board.html 'blend(als:factors=64,neighbours)'

Data
  --data PATH            one of
                           a folder with train.txt and test.txt (a line: customer, then items)
                           a folder with NAME.train.rating, NAME.test.rating, NAME.test.negative:
                             leave one out, ranked among the sampled negatives
                           u.data (customer, item, rating, time) or ratings.dat (the same with ::),
                             or their folder
                           a CSV file of orders or events, with --mapping
                         without it: generated data, see --customers
  --mapping FILE         which column of the CSV file is what, as examples/storefront has it
  --threshold X          ratings below X are no interactions (default: all count)
  --ratings yes|no       predict the ratings themselves; models of ratings, RMSE (default: no)
  --item-features FILE   for feature_als; a line: item, then its features, any words
  --links FILE           for social_als; a line: customer, then whom the customer follows
  --customers N, --items N, --interactions N
                         size of generated data (default: 2000, 1000, 60000)

Test
  --split NAME           given          by the files (default where they do)
                         time           the latest events of all (default where there are times)
                         last-n         every customer's latest events
                         holdout        a random share of every customer's items
                         user-disjoint  customers that are not in train; part of their items is
                                        told to the model
  --test-share X         time, holdout, user-disjoint: that share is test (default: 0.2)
  --last N               last-n: events a customer (default: 1)
  --folds N, --fold I    user-disjoint, ratings: part I (from 0) of N is test (default: 5, 0)
  --k LIST               lengths of the lists, 1 to 1000 (default: 10,20); models are sorted by
                         NDCG at the last
  --replicates N         of the bootstrap and of the tests (default: 1000)

Tuning
  --tune N               tries N points a model on a validation side that is cut from train as test
                         was, fits the best to all of train and tests that once; options that are
                         given stay as they are

Run
  --threads N            0: one a core (default: 1)
  --seconds X            that serving is measured for (default: 0.3)
  --seed N               of splits, generated data and tuning (default: 1)
  --html FILE            the board as one self-contained page
  --help                 this text

Models: NAME or NAME:OPTION=VALUE,OPTION=VALUE, with LABEL= before it to be called LABEL on the board;
the options are the fields of the library's option structs, with their defaults here.

)" + models_help() +
         R"(
Exit codes: 0 done, 1 the data or a model failed, 2 the command line is wrong.
)";
}

Arguments parse_arguments(const std::vector<std::string_view>& words) {
  Arguments arguments;
  const auto options = setters(arguments);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view option = words[i];
    if (option == "--help" || option == "-h") {
      arguments.help = true;
      return arguments;
    }
    if (!option.starts_with("-")) {
      arguments.models.emplace_back(option);
      continue;
    }
    const auto found = options.find(option);
    if (found == options.end() && option != "--ratings") {
      misuse(emptor::text("'", option, "' is not an option; --help lists them"));
    }
    if (i + 1 == words.size()) misuse(emptor::text(option, " needs a value behind it"));
    const std::string_view word = words[++i];
    if (found != options.end()) {
      found->second(option, word);
      continue;
    }
    if (word != "yes" && word != "no") misuse("--ratings is yes or no");
    arguments.ratings = word == "yes";
  }
  if (arguments.split.fold >= arguments.split.folds) misuse("--fold must be less than --folds");
  if (arguments.data.empty() && !arguments.mapping.empty()) misuse("--mapping needs --data");
  return arguments;
}

}  // namespace leaderboard
