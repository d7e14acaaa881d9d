#include "emptor/score/review.hpp"

namespace emptor {

std::vector<ReviewAspect> default_review_aspects() {
  using enum ReviewClass;
  return {
      {"quality",
       product,
       {"quality", "broken", "material", "defect", "defective", "faulty", "works", "质量", "品质",
        "做工", "坏了", "材质"}},
      {"taste",
       product,
       {"taste", "tastes", "flavour", "flavor", "food", "meal", "dish", "soup", "味道", "口味",
        "口感", "好吃", "难吃", "菜"}},
      {"size",
       product,
       {"size", "fit", "fits", "portion", "portions", "尺寸", "大小", "尺码", "分量", "份量",
        "量"}},
      {"price",
       product,
       {"price", "prices", "expensive", "cheap", "value for money", "价格", "价钱", "性价比", "贵",
        "便宜"}},
      {"packaging", delivery, {"packaging", "package", "box", "wrapped", "包装", "盒子", "餐盒"}},
      {"delivery",
       delivery,
       {"delivery", "delivered", "shipping", "shipped", "courier", "arrived", "parcel", "送餐",
        "配送", "快递", "外卖员", "送货", "物流", "骑士", "送到"}},
      {"staff",
       service,
       {"service", "staff", "support", "customer care", "waiter", "服务", "态度", "客服", "服务员",
        "店员"}},
      {"returns",
       service,
       {"return", "returns", "refund", "exchange", "warranty", "退货", "退款", "换货", "售后",
        "保修"}},
  };
}

std::vector<CareWords> default_care_words() {
  using enum CareTrigger;
  return {
      {injury, {"injured",        "injury",         "hospital",
                "food poisoning", "allergic",       "allergic reaction",
                "got burned",     "was burned",     "burned my",
                "burned me",      "burned myself",  "burnt my",
                "bleeding",       "electric shock", "caught fire",
                "exploded",       "受伤",           "医院",
                "食物中毒",       "中毒",           "过敏",
                "拉肚子",         "烫伤",           "触电",
                "爆炸",           "起火",           "流血"}},
      {legal,
       {"lawyer",
        "attorney",
        "sue you",
        "will sue",
        "going to sue",
        "lawsuit",
        "legal action",
        "take you to court",
        "see you in court",
        "go to court",
        "going to court",
        "small claims court",
        "police",
        "trading standards",
        "起诉",
        "律师",
        "法院",
        "报警",
        "工商局",
        "消协",
        "12315",
        "举报"}},
      {refund_threat,
       {"want a refund",
        "want a full refund",
        "want my refund",
        "want my money back",
        "give me a refund",
        "give me a full refund",
        "give me my money back",
        "demand a refund",
        "demand a full refund",
        "demand my money back",
        "chargeback",
        "charge back",
        "dispute the charge",
        "refund or",
        "退钱",
        "我要退款",
        "给我退款",
        "要求退款",
        "必须退款",
        "赔偿",
        "赔钱",
        "假一赔十"}},
      {repeated_complaint,
       {"third time",
        "第三次",
        "second complaint",
        "third complaint",
        "complained twice",
        "complained again",
        "second time i complain",
        "second time i complained",
        "again and again",
        "still not fixed",
        "still waiting",
        "complained before",
        "already complained",
        "多次投诉",
        "又投诉",
        "再次投诉",
        "第二次投诉",
        "一次又一次",
        "还没解决",
        "投诉多次"}},
  };
}

std::string_view name(ReviewClass kind) noexcept {
  constexpr std::string_view names[] = {"product", "delivery", "service"};
  const auto place = static_cast<std::size_t>(kind);
  return place < review_classes ? names[place] : "unknown";
}

std::string_view name(CareTrigger trigger) noexcept {
  constexpr std::string_view names[] = {"injury", "legal", "refund_threat", "repeated_complaint"};
  const auto place = static_cast<std::size_t>(trigger);
  return place < care_triggers ? names[place] : "unknown";
}

std::string_view name(CareSeverity severity) noexcept {
  constexpr std::string_view names[] = {"none", "notice", "urgent", "critical"};
  const auto place = static_cast<std::size_t>(severity);
  return place < 4 ? names[place] : "unknown";
}

CareSeverity severity(CareTrigger trigger) noexcept {
  switch (trigger) {
    case CareTrigger::injury:
      return CareSeverity::critical;
    case CareTrigger::legal:
    case CareTrigger::refund_threat:
      return CareSeverity::urgent;
    case CareTrigger::repeated_complaint:
      return CareSeverity::notice;
  }
  return CareSeverity::none;
}

}  // namespace emptor
