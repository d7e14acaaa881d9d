// Items that nobody has bought yet, a customer known by a search alone, and the words that counted.

#include <iostream>
#include <iterator>

#include "emptor/recommend/content.hpp"
#include "emptor/table/feature_builder.hpp"

int main() {
  using emptor::Customer, emptor::Item;
  constexpr const char* names[] = {"Running shoes",    "Trail running socks", "Red wine glasses",
                                   "Wine decanter",    "无线蓝牙耳机",        "蓝牙音箱",
                                   "Waterproof jacket"};
  constexpr const char* brands[] = {"Fleet", "Fleet", "Clair", "Clair", "Tone", "Tone", "Fleet"};
  constexpr double prices[] = {89, 12, 24, 39, 59, 45, 120};

  emptor::ContentField name{.name = "name"};
  emptor::FeatureBuilder features(std::size(names));
  for (std::size_t i = 0; i < std::size(names); ++i) {
    name.texts.emplace_back(names[i]);
    features.add_category(i, "brand", brands[i]);
    features.add_number(i, "price", prices[i]);
  }
  emptor::InteractionLog bought;
  bought.add(Customer{0}, Item{0});  // Ann has the running shoes; Ben has only looked around
  const emptor::Interactions data(2, std::size(names), bought);
  emptor::ContentEvidence searches{.name = "searches"};
  searches.queries.push_back({Customer{1}, "蓝牙"});

  const emptor::ItemProfiles profiles{
      .items = std::size(names), .features = features.build(), .fields = {name}};
  const auto model = emptor::fit_content(profiles, data, {}, {&searches, 1}).model;
  const auto show = [&](const char* who, Customer customer) {
    for (const auto& [item, score] : model.recommend(customer, 2)) {
      std::cout << who << ": " << names[emptor::index(item)] << " (" << emptor::fixed(score, 3)
                << "), because of";
      for (const auto& part : model.explain_features(customer, item, 2).parts) {
        std::cout << " " << model.vectors().name(part.because);
      }
      std::cout << "\n";
    }
  };
  show("Ann", Customer{0});
  show("Ben", Customer{1});
  for (const auto& [item, score] : model.search("wine glass", 2)) {
    std::cout << "search: " << names[emptor::index(item)] << " (" << emptor::fixed(score, 3)
              << ")\n";
  }
}
