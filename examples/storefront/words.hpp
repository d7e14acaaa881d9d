#pragma once
// Words from which the generator makes goods.

#include <array>
#include <string_view>

namespace storefront {

struct CategoryWords {
  std::string_view name;
  double price;                   ///< median, in cents
  std::array<double, 12> season;  ///< demand by month, around 1
  std::array<std::string_view, 8> goods;
  std::size_t goes_with;  ///< the category of what is bought along
  double used_up_days;    ///< how long one lasts, at the median; 0: for years
};

inline constexpr std::array<CategoryWords, 10> category_words{{
    {"Kitchen",
     2400,
     {.9, .9, 1, 1, 1, 1, .9, .9, 1, 1.1, 1.3, 1.6},
     {"Teapot", "Mixing Bowl", "Chef's Knife", "Cutting Board", "Pepper Mill", "Casserole",
      "Espresso Cup", "Whisk"},
     8,
     0},
    {"Garden",
     1900,
     {.3, .5, 1.3, 2, 2.2, 1.8, 1.3, 1, .8, .5, .3, .3},
     {"Watering Can", "Planter", "Pruning Shears", "Seed Box", "Bird Feeder", "Garden Lantern",
      "Trowel", "Hose Reel"},
     1,
     0},
    {"Books",
     1600,
     {1.1, .9, .9, .9, .9, .9, 1.1, 1.1, 1, 1, 1.2, 1.7},
     {"Cookbook", "Atlas", "Novel", "Field Guide", "Sketchbook", "Diary", "Picture Book",
      "Travel Guide"},
     5,
     0},
    {"Toys",
     2200,
     {.7, .7, .8, .9, .9, .9, .9, .9, 1, 1.2, 1.8, 2.6},
     {"Puzzle", "Building Set", "Kite", "Spinning Top", "Board Game", "Plush Bear", "Marble Run",
      "Drum"},
     4,
     0},
    {"Stationery",
     700,
     {1, .9, .9, .9, .9, .8, .8, 1.5, 1.6, 1, 1, 1.2},
     {"Fountain Pen", "Notebook", "Pencil Case", "Ink Bottle", "Letter Set", "Stapler", "Calendar",
      "Wrapping Paper"},
     2,
     0},
    {"Lighting",
     4900,
     {1.2, 1.1, .9, .8, .7, .7, .7, .8, 1, 1.2, 1.4, 1.4},
     {"Desk Lamp", "Pendant", "Candle Holder", "Night Light", "String Lights", "Floor Lamp",
      "Lampshade", "Torch"},
     2,
     0},
    {"Bath",
     1500,
     {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.1, 1.4},
     {"Towel", "Soap Dish", "Bath Mat", "Mirror", "Hand Cream", "Sponge", "Laundry Basket", "Robe"},
     6,
     0},
    {"Sports",
     3900,
     {1.4, 1.1, 1.1, 1.2, 1.3, 1.3, 1.2, 1.1, 1, .8, .7, .9},
     {"Yoga Mat", "Water Bottle", "Jump Rope", "Running Belt", "Tennis Balls", "Rucksack",
      "Head Torch", "Swim Goggles"},
     7,
     0},
    {"Tea and Coffee",
     1100,
     {1.2, 1.1, 1, .9, .8, .7, .7, .7, 1, 1.2, 1.3, 1.5},
     {"Green Tea", "Espresso Beans", "Earl Grey", "Oolong", "Filter Papers", "Rooibos", "Chai",
      "Cold Brew"},
     0,
     35},
    {"Seasonal",
     1300,
     {.2, .6, 1, 1.2, .4, .3, .3, .3, .6, 1.6, 2.4, 3.2},
     {"Paper Star", "Wreath", "Egg Basket", "Pumpkin Light", "Advent Calendar", "Tree Bauble",
      "Table Runner", "Greeting Cards"},
     9,
     0},
}};

inline constexpr std::array<std::string_view, 16> adjectives{
    "Blue",    "Oak",    "Enamel", "Vintage", "Ceramic", "Linen",   "Copper", "Small",
    "Classic", "Nordic", "Red",    "Striped", "Walnut",  "Folding", "Travel", "Glass"};

}  // namespace storefront
