// A model goes to a file with the keys it needs, comes back, and serves a customer it never saw.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "emptor/core/archive_file.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/interactions.hpp"

int main() {
  // Three kinds of readers; each has all but one of the four books of a kind, most often the last.
  emptor::Items books;
  for (const char* kind : {"crime ", "garden ", "space "}) {
    for (int volume = 1; volume <= 4; ++volume) books.add(emptor::text(kind, volume));
  }
  emptor::InteractionLog log;
  for (unsigned reader = 0; reader < 60; ++reader) {
    for (unsigned volume = 0; volume < 4; ++volume) {
      if (volume != std::min(reader / 3 % 5, 3U)) {
        log.add(emptor::Customer{reader}, emptor::Item{reader % 3 * 4 + volume});
      }
    }
  }
  const emptor::Interactions data(60, books.size(), log);
  const auto fit = emptor::fit_als(data, {.factors = 4});

  const std::string file = "books.als";
  emptor::write_file(file, fit.model.save()).value();

  // Another program, another day. It does not know which of the two models is in the file.
  emptor::RecommenderRegistry kinds;
  kinds.add<emptor::PopularityModel>();
  kinds.add<emptor::BasicAlsModel<float>>();
  std::vector<std::byte> bytes = emptor::read_file(file).value();
  const emptor::AnyRecommender model = kinds.load(bytes).value();
  const bool same =
      model.recommend(emptor::Customer{0}, 3) == fit.model.recommend(emptor::Customer{0}, 3);
  std::cout << "loaded '" << model.name() << "' with " << model.customers() << " customers and "
            << model.items() << " items; " << (same ? "same" : "other") << " recommendations\n";

  const emptor::Item bought[] = {*books.find("space 1"), *books.find("space 2")};
  const emptor::FoldedCustomer visitor = model.fold_in(bought);
  std::cout << "a visitor with space 1 and 2:";
  for (const auto& [item, score] : model.recommend(visitor, 2)) {
    std::cout << "  " << books.key(item) << " (" << emptor::fixed(score, 2) << ")";
  }
  std::cout << "\n";

  bytes[bytes.size() / 2] ^= std::byte{1};  // one bit falls over
  const auto damaged = kinds.load(bytes);
  std::cout << "damaged file: " << (damaged ? "read" : emptor::name(damaged.error().code)) << "\n";
  std::filesystem::remove(file);
}
