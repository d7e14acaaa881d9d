// The leaderboard: recommenders on one's own data, side by side. `leaderboard --help`.
//
// From the command line to the board in four steps, each in a file of its own: read the data
// (dataset.hpp), cut them (problem.hpp), fit and measure every model (board.hpp), show the outcome
// (tables.hpp, page.hpp).

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "board.hpp"
#include "dataset.hpp"
#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "model_spec.hpp"
#include "page.hpp"
#include "tables.hpp"

namespace leaderboard {
namespace {

constexpr int exit_ok = 0;
constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

/// What is compared when nobody says what.
std::vector<std::string> default_models(const Dataset& data, bool ratings) {
  if (ratings) return {"biased_mf", "biased_mf_als", "svd_pp", "rating_neighbours"};
  std::vector<std::string> out = {"popularity",          "neighbours", "neighbours:weighting=bm25",
                                  "customer_neighbours", "als",        "bpr"};
  constexpr std::size_t most_for_dense = 8000;
  out.emplace_back(data.items.size() <= most_for_dense ? "ease" : "sparse_ease");
  if (data.has_times) out.emplace_back("transitions");
  return out;
}

void show(const Board& board) {
  std::printf("%s: %zu customers, %zu items, %zu to learn from, %zu to be tested on\n%s\n",
              board.data.c_str(), board.customers, board.items, board.train, board.test,
              board.split.c_str());
  for (const std::string& note : board.notes) std::printf("%s\n", note.c_str());
  for (const std::size_t k : board.ks) {
    if (!board.ratings) std::printf("\n%s", plain_text(accuracy_table(board, k)).c_str());
  }
  std::printf("\n%s", plain_text(comparison_table(board)).c_str());
  std::printf("\n%s", plain_text(cost_table(board)).c_str());
  std::printf("\n%s", plain_text(options_table(board)).c_str());
  std::printf("\n%s\n", probe_text(board).c_str());
}

int run(const Arguments& arguments) {
  emptor::ThreadPool pool(arguments.threads);
  const emptor::Context context{.executor = arguments.threads == 1 ? nullptr : &pool,
                                .kernels = &emptor::native_kernels()};
  std::vector<ModelSpec> models;
  for (const std::string& model : arguments.models) models.push_back(parse_model(model));
  const Dataset data = load_dataset(arguments, context);
  if (models.empty()) {
    for (const std::string& model : default_models(data, arguments.ratings)) {
      models.push_back(parse_model(model));
    }
  }
  const auto announce = [](const std::string& what) { std::fprintf(stderr, "%s\n", what.c_str()); };
  const Board board = run_board(data, models, arguments, context, announce);
  show(board);
  if (!arguments.html.empty()) {
    make_page(board).write(arguments.html.string()).value();
    std::printf("Page: %s\n", arguments.html.string().c_str());
  }
  bool failed = std::fflush(stdout) != 0;
  for (const BoardRow& row : board.rows) failed = failed || !row.failure.empty();
  return failed ? exit_failed : exit_ok;
}

}  // namespace
}  // namespace leaderboard

int main(int count, char** words) {
  try {
    const auto arguments = leaderboard::parse_arguments(
        std::vector<std::string_view>(words + (count > 0 ? 1 : 0), words + count));
    if (arguments.help) {
      std::fputs(leaderboard::usage().c_str(), stdout);
      return leaderboard::exit_ok;
    }
    return leaderboard::run(arguments);
  } catch (const emptor::Exception& error) {
    const bool misuse = error.code() == emptor::ErrorCode::invalid_option;
    std::fprintf(stderr, "leaderboard: %s\n",
                 misuse ? error.error().message.c_str() : error.what());
    return misuse ? leaderboard::exit_usage : leaderboard::exit_failed;
  } catch (const std::bad_alloc&) {
    std::fputs("leaderboard: the machine has not enough memory for this\n", stderr);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "leaderboard: %s\n", error.what());
  }
  return leaderboard::exit_failed;
}
