// Social ALS against its loss written out over all pairs, in double; what friends add against a sum
// over everybody.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "emptor/recommend/als.hpp"
#include "emptor/recommend/social_als.hpp"
#include "emptor/recommend/social_blend.hpp"
#include "emptor/recommend/social_neighbours.hpp"
#include "support/property.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;

namespace {

struct Case {
  Interactions data;
  Links links;
  SocialAlsOptions options;
};

Case any_case() {
  const auto m = *rc::gen::inRange<std::uint32_t>(2, 14);
  const auto n = *rc::gen::inRange<std::uint32_t>(1, 12);
  InteractionLog log;
  for (std::uint32_t e = *rc::gen::inRange<std::uint32_t>(0, 50); e > 0; --e) {
    log.add(Customer{*rc::gen::inRange<std::uint32_t>(0, m)},
            Item{*rc::gen::inRange<std::uint32_t>(0, n)}, float(*rc::gen::inRange(1, 4)));
  }
  LinkLog links;
  for (std::uint32_t e = *rc::gen::inRange<std::uint32_t>(0, 30); e > 0; --e) {
    const auto who = *rc::gen::inRange<std::uint32_t>(0, m);
    const auto whom = *rc::gen::inRange<std::uint32_t>(0, m);
    if (who != whom) links.add(Customer{who}, Customer{whom}, float(*rc::gen::inRange(1, 4)));
  }
  Case out{Interactions(m, n, log), Links(m, links), {}};
  out.options.factors = *rc::gen::inRange<std::size_t>(1, 10);
  out.options.sweeps = *rc::gen::inRange<std::size_t>(1, 4);
  out.options.unobserved_weight = *rc::gen::element(0.0, 0.1, 0.5);
  out.options.lambda = *rc::gen::element(0.02, 0.1);
  out.options.nu = *rc::gen::element(0.0, 1.0);
  out.options.beta = *rc::gen::element(0.1, 1.0, 5.0);
  out.options.use_weights = *rc::gen::arbitrary<bool>();
  out.options.pull = *rc::gen::element(SocialPull::mean, SocialPull::pairs);
  out.options.similarity = *rc::gen::element(SocialSimilarity::links, SocialSimilarity::jaccard);
  return out;
}

using Dense = std::vector<std::vector<double>>;

double strength(const Case& c, std::size_t u, std::size_t f) {
  if (!c.links.contains(id_at<Customer>(u), id_at<Customer>(f))) return 0;
  const auto row = c.links.outgoing().row_indices(u);
  const auto at = std::find(row.begin(), row.end(), static_cast<std::uint32_t>(f));
  const double w = double(c.links.outgoing().row_values(u)[std::size_t(at - row.begin())]);
  if (c.options.similarity == SocialSimilarity::links) return w;
  double both = 0;
  double either = 0;
  double mine = 0;
  double theirs = 0;
  for (std::size_t i = 0; i < c.data.items(); ++i) {
    const bool a = c.data.contains(id_at<Customer>(u), id_at<Item>(i));
    const bool b = c.data.contains(id_at<Customer>(f), id_at<Item>(i));
    both += a && b ? 1 : 0;
    either += a || b ? 1 : 0;
    mine += a ? 1 : 0;
    theirs += b ? 1 : 0;
  }
  return mine == 0 || theirs == 0 ? w : w * both / either;
}

/// The pull as the papers write it.
double pull_of(const Case& c, const Matrix<double>& x) {
  const std::size_t m = c.data.customers();
  const std::size_t f = x.columns();
  double sum = 0;
  for (std::size_t u = 0; u < m; ++u) {
    double all = 0;
    for (std::size_t v = 0; v < m; ++v) all += strength(c, u, v);
    if (all == 0) continue;
    std::vector<double> mean(f, 0.0);
    for (std::size_t v = 0; v < m; ++v) {
      const double s = strength(c, u, v);
      double square = 0;
      for (std::size_t j = 0; j < f; ++j) {
        mean[j] += s / all * x(v, j);
        square += (x(u, j) - x(v, j)) * (x(u, j) - x(v, j));
      }
      if (c.options.pull == SocialPull::pairs) sum += s * square;
    }
    if (c.options.pull == SocialPull::mean) {
      for (std::size_t j = 0; j < f; ++j) sum += (x(u, j) - mean[j]) * (x(u, j) - mean[j]);
    }
  }
  return c.options.beta * sum;
}

/// Everything that is minimised, by the definition, over all pairs.
double loss_of(const Case& c, const Matrix<double>& x, const Matrix<double>& v) {
  const auto& o = c.options;
  double sum = pull_of(c, x);
  const auto ridge = [&](std::size_t count, std::size_t opposite) {
    return o.lambda * std::pow(double(count) + o.unobserved_weight * double(opposite), o.nu);
  };
  for (std::size_t u = 0; u < x.rows(); ++u) {
    const auto has = c.data.by_customer().row_indices(u);
    if (has.empty()) continue;
    double square = 0;
    for (const double value : x.row(u)) square += value * value;
    sum += ridge(has.size(), v.rows()) * square;
    for (std::size_t i = 0, k = 0; i < v.rows(); ++i) {
      double score = 0;
      for (std::size_t j = 0; j < x.columns(); ++j) score += x(u, j) * v(i, j);
      sum += o.unobserved_weight * score * score;
      if (k == has.size() || has[k] != i) continue;
      const double w = o.use_weights ? double(c.data.by_customer().row_values(u)[k]) : 1.0;
      sum += w * (1 - score) * (1 - score);
      ++k;
    }
  }
  for (std::size_t i = 0; i < v.rows(); ++i) {
    for (const double value : v.row(i)) {
      sum += ridge(c.data.by_item().row_size(i), x.rows()) * value * value;
    }
  }
  return sum;
}

TEST_CASE("the traced loss is what the papers write") {
  test::check_property("loss", [] {
    Case c = any_case();
    c.options.trace_loss = true;
    const auto [model, report] = fit_social_als<double>(c.data, c.links, c.options);
    const double expected = loss_of(c, model.customer_factors(), model.item_factors());
    RC_ASSERT(std::abs(report.loss.back() - expected) <= 1e-5 * (1 + expected));
    for (std::size_t s = 1; s < report.loss.size(); ++s) {
      RC_ASSERT(report.loss[s] <= report.loss[s - 1] * (1 + 1e-6) + 1e-9);
    }
  });
}

TEST_CASE("a converged customer is at the minimum: no direction lowers the loss") {
  test::check_property("gradient", [] {
    Case c = any_case();
    c.options.sweeps = 1;
    auto model = fit_social_als<double>(c.data, c.links, c.options).model;
    // The customer solved last stands at the minimum over its own factors, all else as it is.
    const auto graph = detail::social_graph(c.data, c.links, c.options.pull, c.options.similarity);
    const std::size_t last = graph.order.back();
    Matrix<double> x = model.customer_factors();
    const double best = loss_of(c, x, model.item_factors());
    for (std::size_t j = 0; j < x.columns(); ++j) {
      for (const double step : {-1e-2, 1e-2}) {
        Matrix<double> moved = x;
        moved(last, j) += step;
        RC_ASSERT(loss_of(c, moved, model.item_factors()) >= best - 1e-9 * (1 + best));
      }
    }
  });
}

TEST_CASE("no customer of one colour meets another one in the pull") {
  test::check_property("colours", [] {
    const Case c = any_case();
    const auto graph = detail::social_graph(c.data, c.links, c.options.pull, c.options.similarity);
    RC_ASSERT(graph.order.size() == c.data.customers());
    RC_ASSERT(graph.others == graph.others.transposed());
    for (std::size_t colour = 0; colour + 1 < graph.colours.size(); ++colour) {
      for (std::size_t a = graph.colours[colour]; a < graph.colours[colour + 1]; ++a) {
        for (std::size_t b = graph.colours[colour]; b < graph.colours[colour + 1]; ++b) {
          RC_ASSERT(!graph.others.contains(graph.order[a], graph.order[b]));
        }
      }
    }
  });
}

TEST_CASE("without a pull it is ALS") {
  test::check_property("beta 0", [] {
    Case c = any_case();
    c.options.beta = 0;
    const AlsOptions plain{.factors = c.options.factors,
                           .sweeps = c.options.sweeps,
                           .unobserved_weight = c.options.unobserved_weight,
                           .lambda = c.options.lambda,
                           .nu = c.options.nu,
                           .use_weights = c.options.use_weights};
    const auto als = fit_als<double>(c.data, plain).model;
    const auto social = fit_social_als<double>(c.data, c.links, c.options).model;
    const std::vector<Item> items = test::all_items(c.data.items());
    std::vector<float> a(items.size());
    std::vector<float> b(items.size());
    for (std::size_t u = 0; u < c.data.customers(); ++u) {
      if (c.data.by_customer().row_size(u) == 0) continue;
      als.score(id_at<Customer>(u), items, a);
      social.score(id_at<Customer>(u), items, b);
      for (std::size_t i = 0; i < items.size(); ++i) RC_ASSERT(std::abs(a[i] - b[i]) < 1e-4F);
    }
  });
}

TEST_CASE("folding in with friends minimises the customer's own terms") {
  test::check_property("fold in", [] {
    Case c = any_case();
    const auto model = fit_social_als<double>(c.data, c.links, c.options).model;
    std::vector<Item> items;
    for (std::size_t i = 0; i < c.data.items(); ++i) {
      if (*rc::gen::inRange(0, 3) == 0) items.push_back(id_at<Item>(i));
    }
    std::vector<Customer> friends;
    for (std::size_t u = 0; u < c.data.customers(); ++u) {
      if (*rc::gen::inRange(0, 3) == 0 && c.data.by_customer().row_size(u) > 0) {
        friends.push_back(id_at<Customer>(u));
      }
    }
    // The newcomer as the last customer of a larger world, whom nobody follows.
    const std::size_t m = c.data.customers();
    InteractionLog log;
    for (std::size_t u = 0; u < m; ++u) {
      const auto row = c.data.by_customer().row_indices(u);
      for (std::size_t k = 0; k < row.size(); ++k) {
        log.add(id_at<Customer>(u), id_at<Item>(row[k]), c.data.by_customer().row_values(u)[k]);
      }
    }
    for (const Item item : items) log.add(id_at<Customer>(m), item);
    LinkLog links;
    for (const Customer other : friends) links.add(id_at<Customer>(m), other);
    Case world{Interactions(m + 1, c.data.items(), log), Links(m + 1, links), c.options};
    const FoldedCustomer folded = model.fold_in(items, {}, friends);
    if (folded.factors.empty()) return;
    Matrix<double> x(m + 1, c.options.factors);
    for (std::size_t u = 0; u < m; ++u) {
      for (std::size_t j = 0; j < x.columns(); ++j) x(u, j) = model.customer_factors()(u, j);
    }
    for (std::size_t j = 0; j < x.columns(); ++j) x(m, j) = double(folded.factors[j]);
    const double best = loss_of(world, x, model.item_factors());
    for (std::size_t j = 0; j < x.columns(); ++j) {
      for (const double step : {-1e-2, 1e-2}) {
        Matrix<double> moved = x;
        moved(m, j) += step;
        RC_ASSERT(loss_of(world, moved, model.item_factors()) >= best - 1e-7 * (1 + best));
      }
    }
  });
}

TEST_CASE("friends add what the formula says, and the lists are those of the scores") {
  test::check_property("friends", [] {
    const Case c = any_case();
    const FriendsOptions friends{.weight = *rc::gen::element(0.0, 0.3, 2.0),
                                 .similarity = c.options.similarity,
                                 .discount = *rc::gen::element(0.0, 0.5, 1.0),
                                 .use_weights = c.options.use_weights};
    const auto model = fit_social_neighbours(c.data, c.links, {.neighbours = 3}, friends).model;
    const std::vector<Item> items = test::all_items(c.data.items());
    std::vector<float> base(items.size());
    std::vector<float> scores(items.size());
    for (std::size_t u = 0; u < c.data.customers(); ++u) {
      const auto customer = id_at<Customer>(u);
      model.base().score(customer, items, base);
      model.score(customer, items, scores);
      std::vector<double> expected(items.size(), 0.0);
      bool any = false;
      for (std::size_t v = 0; v < c.data.customers(); ++v) {
        const double a = strength(c, u, v);
        const auto has = c.data.by_customer().row_indices(v);
        for (std::size_t k = 0; k < has.size(); ++k) {
          const double r =
              friends.use_weights ? double(c.data.by_customer().row_values(v)[k]) : 1.0;
          const double share =
              friends.weight * a * r *
              std::pow(double(c.data.by_item().row_size(has[k])), -friends.discount);
          expected[has[k]] += share;
          any = any || share > 0;
        }
      }
      std::vector<std::pair<float, std::size_t>> order;
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (!any) {
          RC_ASSERT(std::isnan(scores[i]) == std::isnan(base[i]));
          RC_ASSERT(std::isnan(base[i]) || scores[i] == base[i]);
        } else {
          const double own = std::isnan(base[i]) ? 0 : double(base[i]);
          RC_ASSERT(std::abs(double(scores[i]) - own - expected[i]) <=
                    1e-6 * (1 + own + expected[i]));
          if (scores[i] > 0) order.emplace_back(-scores[i], i);
        }
      }
      if (!any) continue;
      std::sort(order.begin(), order.end());
      const auto list = model.recommend(customer, 4, {.exclude_seen = false});
      RC_ASSERT(list.size() == std::min<std::size_t>(4, order.size()));
      for (std::size_t r = 0; r < list.size(); ++r) {
        RC_ASSERT(index(list[r].item) == order[r].second);
      }
      for (const Recommendation& entry : list) {
        const FriendExplanation why = model.explain_friends(customer, entry.item, 99);
        double sum = double(why.items) + double(why.rest);
        for (const auto& part : why.parts) sum += double(part.share);
        RC_ASSERT(why.score == entry.score);
        RC_ASSERT(std::abs(sum - double(why.score)) <= 1e-6 * (1 + double(why.score)));
      }
    }
  });
}

}  // namespace
