#pragma once
// Chinese family names that are read otherwise than their characters usually are, and those of two
// characters, in simplified characters; ü is v.

#include <string_view>

namespace emptor::detail {

struct OddSurname {
  char32_t name;
  std::string_view pinyin;
};
inline constexpr OddSurname odd_surnames[] = {
    {U'单', "shan"}, {U'曾', "zeng"},  {U'解', "xie"},   {U'仇', "qiu"},  {U'吕', "lv"},
    {U'区', "ou"},   {U'查', "zha"},   {U'盖', "ge"},    {U'任', "ren"},  {U'华', "hua"},
    {U'缪', "miao"}, {U'朴', "piao"},  {U'翟', "zhai"},  {U'冼', "xian"}, {U'洗', "xian"},
    {U'乐', "yue"},  {U'召', "shao"},  {U'员', "yun"},   {U'祭', "zhai"}, {U'覃', "qin"},
    {U'折', "she"},  {U'黑', "he"},    {U'秘', "bi"},    {U'繁', "po"},   {U'种', "chong"},
    {U'隗', "wei"},  {U'佴', "nai"},   {U'句', "gou"},   {U'都', "du"},   {U'角', "jue"},
    {U'么', "yao"},  {U'乜', "nie"},   {U'阚', "kan"},   {U'藏', "zang"}, {U'卜', "bu"},
    {U'薄', "bo"},   {U'长', "chang"}, {U'重', "chong"}, {U'郇', "xun"},  {U'炅', "gui"}};

struct CompoundSurname {
  char32_t name[3];
  std::string_view pinyin;
};
inline constexpr CompoundSurname compound_surnames[] = {
    {U"欧阳", "ouyang"},   {U"司马", "sima"},      {U"上官", "shangguan"}, {U"诸葛", "zhuge"},
    {U"夏侯", "xiahou"},   {U"司徒", "situ"},      {U"东方", "dongfang"},  {U"皇甫", "huangfu"},
    {U"尉迟", "yuchi"},    {U"公孙", "gongsun"},   {U"慕容", "murong"},    {U"令狐", "linghu"},
    {U"宇文", "yuwen"},    {U"长孙", "zhangsun"},  {U"司空", "sikong"},    {U"独孤", "dugu"},
    {U"南宫", "nangong"},  {U"端木", "duanmu"},    {U"西门", "ximen"},     {U"东郭", "dongguo"},
    {U"百里", "baili"},    {U"呼延", "huyan"},     {U"万俟", "moqi"},      {U"单于", "chanyu"},
    {U"澹台", "tantai"},   {U"公冶", "gongye"},    {U"宗政", "zongzheng"}, {U"濮阳", "puyang"},
    {U"淳于", "chunyu"},   {U"太叔", "taishu"},    {U"申屠", "shentu"},    {U"仲孙", "zhongsun"},
    {U"轩辕", "xuanyuan"}, {U"钟离", "zhongli"},   {U"闾丘", "lvqiu"},     {U"鲜于", "xianyu"},
    {U"亓官", "qiguan"},   {U"司寇", "sikou"},     {U"子车", "ziju"},      {U"颛孙", "zhuansun"},
    {U"巫马", "wuma"},     {U"公西", "gongxi"},    {U"漆雕", "qidiao"},    {U"乐正", "yuezheng"},
    {U"壤驷", "rangsi"},   {U"公良", "gongliang"}, {U"拓跋", "tuoba"},     {U"夹谷", "jiagu"},
    {U"宰父", "zaifu"},    {U"谷梁", "guliang"},   {U"段干", "duangan"},   {U"东门", "dongmen"},
    {U"南门", "nanmen"},   {U"羊舌", "yangshe"},   {U"梁丘", "liangqiu"},  {U"左丘", "zuoqiu"},
    {U"第五", "diwu"},     {U"赫连", "helian"},    {U"完颜", "wanyan"},    {U"纳兰", "nalan"},
    {U"叶赫", "yehe"},     {U"哥舒", "geshu"},     {U"贺兰", "helan"},     {U"尔朱", "erzhu"}};

}  // namespace emptor::detail
