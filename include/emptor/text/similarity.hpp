#pragma once
// How alike two texts are, one pair at a time: by edits, by Jaro and Winkler, by n-grams. The texts
// are compared as they stand: fold them before. Many pairs of a dictionary: text/packed_texts.hpp.

#include "emptor/text/similarity_edit.hpp"
#include "emptor/text/similarity_jaro.hpp"
#include "emptor/text/similarity_ngram.hpp"
