#include "emptor/recommend/content.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "emptor/table/feature_builder.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

/// Items of three tastes in words, brands, tags and prices; every eleventh has nothing.
ItemProfiles taste_profiles(std::size_t n) {
  static const char* const words[3][4] = {{"red", "wine", "glass", "bottle"},
                                          {"running", "shoes", "sport", "bottle"},
                                          {"手机", "case", "phone", "glass"}};
  FeatureBuilder builder(n);
  ContentField name{.name = "name", .weight = 2};
  ContentField about{.name = "about"};
  for (std::size_t i = 0; i < n; ++i) {
    name.texts.emplace_back();
    about.texts.emplace_back();
    if (i % 11 == 10) continue;
    const auto& own = words[i % 3];
    name.texts[i] = text(own[i % 4], " ", own[(i / 3) % 4], " model", i % 7);
    if (i % 2 == 0) about.texts[i] = text("the ", own[1], " of ", own[(i / 2) % 4]);
    builder.add_category(i, "brand", text("b", i % 5));
    builder.add_tag(i, "tag", own[0]);
    builder.add_number(i, "price", static_cast<double>(i * i % 50));
  }
  return {.items = n, .features = builder.build(), .fields = {name, about}};
}

Recommendation best_of(const std::vector<Recommendation>& list) {
  REQUIRE_FALSE(list.empty());
  return list.front();
}

TEST_CASE("the content recommender is a recommender") {
  for (const ContentText scheme : {ContentText::bm25f, ContentText::tf_idf}) {
    const ContentSimilarity similarity =
        scheme == ContentText::bm25f ? ContentSimilarity::cosine : ContentSimilarity::dot;
    test::check_recommender(
        [&](const Interactions& data, const Context& context) {
          // The profiles of 40 items are those of data that will have 40.
          const std::size_t n = data.items() == 33 ? 40 : data.items();
          return fit_content(taste_profiles(n), data, {.text = scheme, .similarity = similarity},
                             {}, context)
              .model;
        },
        {.name = "content", .knows_untaken_items = true});
  }
}

/// The score by its definition, from the vectors alone.
double naive_score(const FeatureMatrix& vectors, std::span<const Item> items,
                   std::span<const float> weights, std::size_t item) {
  std::vector<double> profile(vectors.features(), 0.0);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto indices = vectors.by_row().row_indices(index(items[i]));
    const auto values = vectors.by_row().row_values(index(items[i]));
    for (std::size_t e = 0; e < indices.size(); ++e) {
      profile[indices[e]] += static_cast<double>(weights[i]) * static_cast<double>(values[e]);
    }
  }
  double squares = 0, dot = 0;
  for (const double value : profile) squares += value * value;
  const auto indices = vectors.by_row().row_indices(item);
  const auto values = vectors.by_row().row_values(item);
  for (std::size_t e = 0; e < indices.size(); ++e) {
    dot += profile[indices[e]] * static_cast<double>(values[e]);
  }
  return dot / std::sqrt(squares);
}

TEST_CASE("pruned lists are those of a full scan, also with negative values") {
  const std::size_t n = 3000;
  for (const bool standardised : {false, true}) {
    FeatureBuilder builder(n);
    if (standardised) {
      builder.declare_number("price", {.scaling = NumberScaling::standardise});
    }
    ContentField name{.name = "name"};
    for (std::size_t i = 0; i < n; ++i) {
      RandomStream random(5, i);
      std::string words;
      for (int w = 0; w < 12; ++w) {  // a few common words and many rare ones
        const std::uint32_t range = 1U << random.below(12);
        words += text("w", random.below(range), "x ");
      }
      name.texts.push_back(words);
      builder.add_number(i, "price", static_cast<double>(random.below(1000)));
    }
    const ItemProfiles profiles{.items = n, .features = builder.build(), .fields = {name}};
    const auto model = fit_content(profiles, test::taste_data(60, n, true),
                                   {.tokens = {.stemming = Stemming::none}})
                           .model;
    const auto everything = test::all_items(n);
    std::vector<float> scores(n);
    for (std::size_t c = 1; c < 60; ++c) {
      const auto customer = id_at<Customer>(c);
      const auto items = test::items_of(model.interactions(), customer);
      model.score(customer, everything, scores);
      TopK<float> best(10);
      for (std::size_t i = 0; i < n; ++i) {
        const bool has = model.interactions().contains(customer, id_at<Item>(i));
        if (!has && scores[i] > 0) best.push(static_cast<std::uint32_t>(i), scores[i]);
        CHECK(static_cast<double>(scores[i]) ==
              Approx(naive_score(model.vectors(), items,
                                 model.interactions().by_customer().row_values(c), i))
                  .margin(1e-6));
      }
      CHECK(model.recommend(customer, 10) == detail::to_list(best));
    }
  }
}

TEST_CASE("BM25F by hand") {
  // Two fields: weights 2 and 1, b = .5 and 0. Mean lengths: name (2 + 1 + 1) / 3, about 3.
  ItemProfiles profiles{.items = 4};
  profiles.fields.push_back(
      {.name = "name", .texts = {"red lamp", "lamp", "chair"}, .weight = 2, .length_weight = 0.5});
  profiles.fields.push_back({.name = "about", .texts = {"", "red red sofa"}, .length_weight = 0});
  const auto [model, report] =
      fit_content(profiles, Interactions(1, 4, InteractionLog{}), {.k1 = 1.5});
  CHECK(report.words == 4);
  CHECK(report.items_without == 1);
  const auto idf = [](double df) { return std::log(1 + (4 - df + 0.5) / (df + 0.5)); };
  const auto saturated = [](double tf) { return tf / (1.5 + tf); };
  const double name0 = 2 / (0.5 + 0.5 * 2 / (4.0 / 3)), name1 = 2 / (0.5 + 0.5 / (4.0 / 3));
  const auto red = model.search("Red!", 9);
  REQUIRE(red.size() == 2);
  CHECK(red[0].item == Item{1});
  CHECK(red[0].score == Approx(idf(2) * saturated(2)));
  CHECK(red[1].item == Item{0});
  CHECK(red[1].score == Approx(idf(2) * saturated(name0)));
  const auto both = model.search("lamp sofa lamps", 9);
  REQUIRE(both.size() == 2);
  CHECK(both[0].item == Item{1});
  CHECK(both[0].score == Approx(2 * idf(2) * saturated(name1) + idf(1) * saturated(1)));
  const Item only[] = {Item{0}};
  CHECK(model.search("lamp", 9, {.candidates = std::span<const Item>(only)}).size() == 1);
  CHECK(model.search("lamp", 9, {.exclude = std::span<const Item>(only)})[0].item == Item{1});
  CHECK(model.search("lamp", 1).size() == 1);

  const auto tf_idf =
      fit_content(profiles, Interactions(1, 4, InteractionLog{}), {.text = ContentText::tf_idf})
          .model;
  const double common = std::log(5.0 / 3) + 1, rare = std::log(5.0 / 2) + 1;
  const auto weight = [](double tf) { return tf > 1 ? 1 + std::log(tf) : tf; };
  const double red1 = weight(2) * common, lamp1 = weight(2) * common, sofa1 = weight(1) * rare;
  const auto sofa = tf_idf.search("sofa", 9);
  REQUIRE(sofa.size() == 1);
  CHECK(sofa[0].score == Approx(sofa1 / std::sqrt(red1 * red1 + lamp1 * lamp1 + sofa1 * sofa1)));
}

TEST_CASE("cold items, brands, and why") {
  const ItemProfiles profiles = taste_profiles(40);
  InteractionLog log;
  log.add(Customer{0}, Item{0}, 3);
  log.add(Customer{0}, Item{9}, 1);
  const auto model = fit_content(profiles, Interactions(1, 40, log)).model;
  const Recommendation best = best_of(model.recommend(Customer{0}, 3));
  CHECK(index(best.item) % 3 == 0);
  const FeatureExplanation why = model.explain_features(Customer{0}, best.item, 2);
  CHECK(why.score == best.score);
  REQUIRE(why.parts.size() == 2);
  float all = why.rest;
  for (const auto& part : why.parts) all += part.share;
  CHECK(all == Approx(best.score));
  const auto every = model.explain_features(Customer{0}, best.item, 1000);
  CHECK(every.rest == 0);
  for (const auto& part : every.parts) {
    CHECK(model.vectors().by_row().contains(index(best.item),
                                            static_cast<std::uint32_t>(part.because)));
  }
  // Of an item without content nothing is known.
  float score = 0;
  const Item without{10};
  model.score(Customer{0}, std::span(&without, 1), std::span(&score, 1));
  CHECK(std::isnan(score));
  CHECK(std::isnan(model.explain(Customer{0}, without, 3).score));
  CHECK(std::isnan(model.explain_features(Customer{0}, without, 3).score));
  CHECK(model.similar_items(without, 3).empty());
  for (const auto& entry : model.recommend(Customer{0}, 40)) CHECK(index(entry.item) % 11 != 10);
  CHECK(model.recommend(model.fold_in(std::vector{without}), 5).empty());

  // A block of weight 0 says nothing.
  const auto brands_only =
      fit_content(profiles, Interactions(1, 40, log),
                  {.text_weight = 0, .blocks = {{"tag", 0.0}, {"price", 0.0}, {"brand", 2.0}}})
          .model;
  for (const auto& entry : brands_only.recommend(Customer{0}, 40)) {
    CHECK((index(entry.item) % 5 == 0 || index(entry.item) % 5 == 4));
  }
}

TEST_CASE("evidence: clicks that fade, and customers known by searches alone") {
  const ItemProfiles profiles = taste_profiles(40);
  const Time now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 14}};
  const auto days_ago = [&](int days) { return now - std::chrono::days{days}; };
  ContentEvidence clicks{.name = "clicks", .weight = 0.5, .half_life_days = 10};
  clicks.log.add(Customer{0}, Item{1}, 1, days_ago(0));
  clicks.log.add(Customer{0}, Item{2}, 1, days_ago(20));
  clicks.log.add(Customer{0}, Item{4}, 1, now + std::chrono::seconds{1});
  ContentEvidence searches{.name = "searches"};
  searches.queries = {{Customer{1}, "手机 case", 1, now}, {Customer{1}, "unheard!", 1, now}};
  const std::vector<ContentEvidence> both{clicks, searches};
  InteractionLog log;
  log.add(Customer{2}, Item{0});
  const Interactions data(3, 40, log);
  const ContentOptions options{.now = now};
  const auto [model, report] = fit_content(profiles, data, options, both);
  CHECK(report.after_now == 1);
  CHECK(report.unknown == 1);

  // The profile of customer 0 is .5 of item 1 and .125 of item 2; clicked items may be recommended.
  const std::vector<Item> items{Item{1}, Item{2}};
  const std::vector<float> weights{0.5F, 0.125F};
  const auto folded = model.fold_in(items, weights);
  auto expected = model.recommend(folded, 5, {.exclude_seen = false});
  CHECK(model.recommend(Customer{0}, 5) == expected);
  const auto why = model.explain(Customer{0}, expected[0].item, 5);
  REQUIRE_FALSE(why.parts.empty());
  CHECK(why.parts[0].because == Item{1});

  const auto by_search = model.recommend(Customer{1}, 5);
  CHECK(index(best_of(by_search).item) % 3 == 2);
  const auto why_search = model.explain(Customer{1}, by_search[0].item, 5);
  CHECK(why_search.parts.empty());
  CHECK(why_search.rest == Approx(by_search[0].score));
  const std::vector<std::string_view> queries{"手机 case", "unheard!"};
  const auto searcher = model.fold_in({}, {}, queries);
  CHECK(model.recommend(searcher, 5) == by_search);
  CHECK(model.explain(searcher, by_search[0].item, 5).rest == why_search.rest);

  // Saved and loaded, updated, and with the evidence of another day.
  const auto loaded = ContentModel::load(model.save());
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == model.save());
  CHECK(loaded->recommend(Customer{1}, 5) == by_search);
  CHECK(loaded->search("red wine", 5) == model.search("red wine", 5));
  log.add(Customer{3}, Item{3});
  const Interactions more(4, 40, log);
  const auto updated = model.update(more);
  CHECK(updated.save() == fit_content(profiles, more, options, both).model.save());
  CHECK(updated.with_evidence({}).model.save() == fit_content(profiles, more).model.save());
  CHECK(updated.with_evidence(both, now).model.save() == updated.save());

  const auto refused = [&](ContentEvidence evidence, const ContentOptions& with, ErrorCode code,
                           const char* what) {
    check_throws(code, what, [&] { (void)fit_content(profiles, data, with, {&evidence, 1}); });
  };
  refused(clicks, {}, ErrorCode::invalid_option, "'now' must be given: 'clicks'");
  refused({.name = "x", .weight = 0}, {}, ErrorCode::invalid_option, "'weight'");
  refused({.name = "x", .half_life_days = 0}, options, ErrorCode::invalid_option,
          "'half_life_days'");
  refused({.name = "x", .queries = {{Customer{3}, "a"}}}, {}, ErrorCode::out_of_range,
          "customer 3 is not one of 3");
  refused({.name = "x", .queries = {{Customer{0}, "a", -1}}}, {}, ErrorCode::invalid_value,
          "'x': a weight must be finite and > 0, got -1");
  ContentEvidence bad{.name = "x"};
  bad.log.add(Customer{0}, Item{40});
  refused(bad, {}, ErrorCode::out_of_range, "item 40 is not one of 40");
  bad.log.times.clear();
  refused(bad, {}, ErrorCode::invalid_shape, "columns differ");
  ContentEvidence huge{.name = "x", .weight = 1e30};
  huge.log.add(Customer{0}, Item{0}, 1e30F);
  refused(huge, {}, ErrorCode::invalid_value, "too large");
}

TEST_CASE("items that come later, and items that change") {
  const std::size_t n = 40;
  const ItemProfiles all = taste_profiles(n);
  const Interactions data = test::taste_data(20, n, false);
  const auto whole = fit_content(all, data).model;
  // Items given again with the same content are the same items.
  std::vector<Item> some{Item{7}, Item{3}};
  const auto cut = [&](std::span<const Item> items) {
    FeatureBuilder builder(items.size(), all.features);
    ItemProfiles out{.items = items.size()};
    for (const ContentField& field : all.fields) out.fields.push_back({.name = field.name});
    for (std::size_t r = 0; r < items.size(); ++r) {
      const std::size_t i = index(items[r]);
      for (std::size_t f = 0; f < out.fields.size(); ++f) {
        out.fields[f].texts.push_back(all.fields[f].texts[i]);
      }
      builder.add_category(r, "brand", text("b", i % 5));
      builder.add_number(r, "price", static_cast<double>(i * i % 50));
      builder.add_tag(r, "tag", i % 3 == 0 ? "red" : i % 3 == 1 ? "running" : "手机");
    }
    out.features = builder.build();
    return out;
  };
  const auto same = whole.with_items(some, cut(some));
  CHECK(same.report.unknown == 0);
  CHECK(same.model.save() == whole.save());

  // A new item is like the one whose content it has, and the ids between have none.
  some = {Item{43}};
  ItemProfiles twin = cut(std::vector{Item{6}});
  const auto [grown, report] = whole.with_items(some, twin);
  CHECK(grown.items() == 44);
  CHECK(report.items_without == 3 + 3);
  const auto similar = best_of(grown.similar_items(Item{43}, 1));
  CHECK(similar.item == Item{6});
  CHECK(similar.score == Approx(1));
  CHECK(grown.similar_items(Item{41}, 3).empty());
  CHECK(best_of(grown.search("model6", 50)).score > 0);
  CHECK_FALSE(grown.recommend(Customer{2}, 50, {.exclude_seen = false}).empty());
  CHECK(grown.update(Interactions(21, 46, InteractionLog{})).items() == 46);
  CHECK(ContentModel::load(grown.save())->save() == grown.save());
  check_throws(ErrorCode::invalid_shape, "not shrunk", [&] { (void)grown.update(data); });

  twin.fields[0].texts[0] = "unheard of";
  CHECK(whole.with_items(some, twin).report.unknown == 1);
  check_throws(ErrorCode::duplicate, "twice", [&] {
    (void)whole.with_items(std::vector{Item{1}, Item{1}}, cut(std::vector{Item{1}, Item{2}}));
  });
  check_throws(ErrorCode::invalid_shape, "1 profiles for 2 items", [&] {
    (void)whole.with_items(std::vector{Item{1}, Item{2}}, twin);
  });
  twin.fields[0].name = "other";
  check_throws(ErrorCode::invalid_value, "'other' is not one of the fields",
               [&] { (void)whole.with_items(some, twin); });
}

TEST_CASE("content: texts and options of every kind") {
  InteractionLog log;
  log.add(Customer{0}, Item{0});
  const Interactions one(1, 1, log);
  const auto fit_text = [&](std::string words) {
    ItemProfiles profiles{.items = 1};
    profiles.fields.push_back({.name = "name", .texts = {std::move(words)}});
    return fit_content(profiles, one);
  };
  for (const char* nothing : {"", "!? …", "the of"}) {
    const auto [model, report] = fit_text(nothing);
    CHECK(report.items_without == 1);
    CHECK(model.recommend(Customer{0}, 3, {.exclude_seen = false}).empty());
    CHECK(model.search("the", 3).empty());
  }
  CHECK(fit_text("\xFFgood\xFE").report.tokens.bad_bytes == 2);
  CHECK(fit_text(std::string(1 << 20, 'a')).report.tokens.too_long == 1);
  const auto good = fit_text("good lamp").model;
  CHECK(best_of(good.recommend(Customer{0}, 3, {.exclude_seen = false})).score == Approx(1));
  CHECK(good.search("bad \xFF", 3).empty());
  CHECK(good.search("", 3).empty());
  const auto empty = fit_content({}, Interactions(2, 0, InteractionLog{})).model;
  CHECK(empty.recommend(Customer{1}, 3).empty());
  CHECK(empty.search("x", 3).empty());

  const ItemProfiles profiles = taste_profiles(40);
  const Interactions data = test::taste_data(20, 40, false);
  const auto words = [&](const ContentOptions& options) {
    return fit_content(profiles, data, options).report.words;
  };
  CHECK(words({.min_items = 7}) < words({}));
  CHECK(words({.max_share = 0.2}) < words({}));
  const auto refused = [&](const ContentOptions& options, const char* what) {
    check_throws(ErrorCode::invalid_option, what,
                 [&] { (void)fit_content(profiles, data, options); });
  };
  refused({.k1 = 0}, "'k1'");
  refused({.min_items = 0}, "'min_items'");
  refused({.max_share = 0}, "'max_share'");
  refused({.text_weight = -1}, "'text_weight'");
  refused({.blocks = {{"colour", 1.0}}}, "got colour");
  refused({.blocks = {{"brand", -1.0}}}, "'brand'");
  refused({.data_weight = std::numeric_limits<double>::quiet_NaN()}, "'data_weight'");
  refused({.tokens = {.ngram_min = 0}}, "'ngram_min'");
  const auto bad = [&](ItemProfiles with, ErrorCode code, const char* what) {
    check_throws(code, what, [&] { (void)fit_content(with, data); });
  };
  bad({.items = 39}, ErrorCode::invalid_shape, "profiles of 39 items for data of 40");
  bad({.items = 41, .features = profiles.features}, ErrorCode::invalid_shape, "40 rows");
  bad({.items = 40, .fields = {{.name = ""}}}, ErrorCode::invalid_value, "a name each");
  bad({.items = 40, .fields = {{.name = "a"}, {.name = "a"}}}, ErrorCode::invalid_value, "'a'");
  bad({.items = 40, .fields = {{.name = "a", .weight = 0}}}, ErrorCode::invalid_option, "'weight'");
  bad({.items = 40, .fields = {{.name = "a", .length_weight = 2}}}, ErrorCode::invalid_option,
      "'length_weight'");
  bad({.items = 40, .fields = {{.name = "a", .texts = std::vector<std::string>(41)}}},
      ErrorCode::invalid_shape, "41 texts");
  FeatureBuilder builder(40);
  builder.add_tag(0, "text", "x");
  bad({.items = 40, .features = builder.build()}, ErrorCode::duplicate, "'text'");
  for (const std::vector<float>& factors : {std::vector<float>{1},
                                            {1e9F, 1},
                                            {2, 1, 1, 1},
                                            {0.5F, 1},
                                            {0, std::numeric_limits<float>::infinity()}}) {
    const FoldedCustomer folded{.items = {}, .weights = {}, .factors = factors};
    const auto model = fit_content(profiles, data).model;
    check_throws(ErrorCode::invalid_value, "factors", [&] { (void)model.recommend(folded, 3); });
  }
}

}  // namespace
