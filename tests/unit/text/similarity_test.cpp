// Published values of the string measures, and texts at their edges.

#include "emptor/text/similarity.hpp"

#include <cmath>
#include <string>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

TEST_CASE("Jaro and Jaro-Winkler have the published values") {
  struct Published {
    const char* a;
    const char* b;
    double jaro;
    double winkler;
  };
  // W. E. Winkler, "Overview of record linkage and current research directions", US Census Bureau
  // Research Report Series, Statistics 2006-2, table 6 (to three places); MARTHA, DIXON and DWAYNE
  // are its and Jaro's standard examples.
  const Published published[] = {
      {"MARTHA", "MARHTA", 0.9444, 0.9611},        {"DIXON", "DICKSONX", 0.7667, 0.8133},
      {"DWAYNE", "DUANE", 0.8222, 0.8400},         {"SHACKLEFORD", "SHACKELFORD", 0.9697, 0.9818},
      {"DUNNINGHAM", "CUNNIGHAM", 0.8963, 0.8963}, {"NICHLESON", "NICHULSON", 0.9259, 0.9556},
      {"JONES", "JOHNSON", 0.7905, 0.8324},        {"MASSEY", "MASSIE", 0.8889, 0.9333},
      {"ABROMS", "ABRAMS", 0.8889, 0.9222},        {"JERALDINE", "GERALDINE", 0.9259, 0.9259},
      {"MICHELLE", "MICHAEL", 0.8690, 0.9214},     {"JULIES", "JULIUS", 0.8889, 0.9333},
      {"TANYA", "TONYA", 0.8667, 0.8800},          {"DWAYNE", "DYUANE", 0.8222, 0.8400},
      {"SEAN", "SUSAN", 0.7833, 0.8050},           {"JON", "JOHN", 0.9167, 0.9333},
      {"CRATE", "TRACE", 0.7333, 0.7333}};
  for (const Published& pair : published) {
    INFO(pair.a << " " << pair.b);
    CHECK(rounded(jaro_similarity(pair.a, pair.b)) == pair.jaro);
    CHECK(rounded(jaro_winkler_similarity(pair.a, pair.b)) == pair.winkler);
  }
  CHECK(jaro_winkler_similarity("DIXON", "DICKSONX", {.prefix_weight = 0}) ==
        jaro_similarity("DIXON", "DICKSONX"));
  const double low = jaro_similarity("ITMAN", "SMITH");  // 0.4667
  CHECK(rounded(low) == 0.4667);
  CHECK(jaro_winkler_similarity("ITMAN", "SMITH", {.bonus_above = 0}) == low);
  CHECK(jaro_winkler_similarity("smyrna", "slot") == jaro_similarity("smyrna", "slot"));
  CHECK(jaro_winkler_similarity("smyrna", "slot", {.bonus_above = 0}) >
        jaro_similarity("smyrna", "slot"));
}

TEST_CASE("Edit distances have the published values") {
  CHECK(levenshtein_distance("kitten", "sitting") == 3);
  CHECK(levenshtein_distance("saturday", "sunday") == 3);
  CHECK(levenshtein_distance("intention", "execution") == 5);
  CHECK(levenshtein_distance("CRATE", "TRACE") == 2);
  CHECK(levenshtein_distance("CA", "ABC") == 3);
  CHECK(damerau_levenshtein_distance("CA", "ABC") == 3);  // 2 if a unit took part in two edits
  CHECK(levenshtein_distance("MARTHA", "MARHTA") == 2);
  CHECK(damerau_levenshtein_distance("MARTHA", "MARHTA") == 1);
  CHECK(levenshtein_distance("kitten", "sitting", 2) == 3);
  CHECK(levenshtein_distance("kitten", "sitting", 3) == 3);
  CHECK(levenshtein_distance("kitten", "sitting", 0) == 1);
  CHECK(levenshtein_similarity("kitten", "sitting") == Approx(4.0 / 7));
  CHECK(common_subsequence_length("XMJYAUZ", "MZJAWXU") == 4);  // MJAU
  CHECK(common_subsequence_length("AGGTAB", "GXTXAYB") == 4);   // GTAB
  CHECK(common_subsequence_similarity("AGGTAB", "GXTXAYB") == 8.0 / 13);
}

TEST_CASE("n-gram similarities count bags of n-grams") {
  CHECK(dice_ngram_similarity("night", "nacht") == 0.25);
  CHECK(jaccard_ngram_similarity("night", "nacht") == Approx(1.0 / 7));
  CHECK(dice_ngram_similarity("aaaa", "aa") == 0.5);
  CHECK(dice_ngram_similarity("abcd", "bcd", 3) == Approx(2.0 / 3));
  CHECK(dice_ngram_similarity("a", "a") == 1);
  CHECK(dice_ngram_similarity("a", "ab") == 0);
  CHECK(dice_ngram_similarity("b", "ab", 1) == Approx(2.0 / 3));
  CHECK_THROWS_AS(dice_ngram_similarity("a", "b", 0), Exception);
  CHECK_THROWS_AS(jaccard_ngram_similarity("a", "b", 4), Exception);
}

TEST_CASE("Similarity of nothing, of one unit, of other scripts") {
  for (const char* text : {"", "a", "é", "王小明", "\xFF\xFE"}) {
    CHECK(jaro_similarity(text, text) == 1);
    CHECK(jaro_winkler_similarity(text, text) == 1);
    CHECK(levenshtein_distance(text, text) == 0);
    CHECK(damerau_levenshtein_distance(text, text) == 0);
    CHECK(levenshtein_similarity(text, text) == 1);
    CHECK(common_subsequence_similarity(text, text) == 1);
    CHECK(dice_ngram_similarity(text, text) == 1);
    CHECK(jaccard_ngram_similarity(text, text, 3) == 1);
  }
  CHECK(jaro_similarity("", "a") == 0);
  CHECK(dice_ngram_similarity("", "a") == 0);
  CHECK(levenshtein_distance("", "王小明") == 3);
  CHECK(levenshtein_distance("müller", "muller") == 1);
  CHECK(damerau_levenshtein_distance("王小明", "王明小") == 1);
  CHECK(rounded(jaro_similarity("müller", "mueller")) == 0.7825);  // e is matched out of order
  CHECK(levenshtein_distance("a\xFF", "a\xFE") == 0);              // both U+FFFD
  CHECK(levenshtein_distance("a\xFF", "ab") == 1);
  CHECK(levenshtein_distance(std::string_view("a\0b", 3), "ab") == 1);
}

TEST_CASE("Texts of a megabyte are compared by their first units") {
  std::string a(1 << 20, 'x'), b(1 << 20, 'y');
  CHECK(levenshtein_distance(a, b, 50) == 51);
  CHECK(levenshtein_distance(a, a + "tail") == 0);
  CHECK(levenshtein_distance(a, b) == longest_compared_text);
  CHECK(jaro_similarity(a, b) == 0);
  CHECK(jaro_similarity(a, a) == 1);
  CHECK(dice_ngram_similarity(a, b) == 0);
  CHECK(common_subsequence_length(a, b) == 0);
  std::string wide;
  for (int i = 0; i < 20000; ++i) wide += i % 2 == 0 ? "é" : "x";
  CHECK(damerau_levenshtein_distance(wide, wide + "é") == 0);
  CHECK(levenshtein_distance(wide, a) == longest_compared_text / 2);
  CHECK(common_subsequence_length(wide, a) == longest_compared_text / 2);
}

}  // namespace
