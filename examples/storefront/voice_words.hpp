#pragma once
// Words from which the generator makes reviews: what is said of goods, delivery and service, in
// English and in Chinese. "{}" is the thing that was bought.

#include <array>
#include <string_view>

namespace storefront {

using Phrases = std::array<std::string_view, 6>;

/// What is said of one aspect of an order.
struct AspectWords {
  Phrases good;
  Phrases bad;
  Phrases chinese_good;
  Phrases chinese_bad;
};

inline constexpr std::array<AspectWords, 3> aspect_words{{
    {{"Lovely {}, the quality is great.", "The {} works perfectly.",
      "Beautiful material, I like my {} a lot.", "Good value for money, I am happy with the {}.",
      "The {} has just the right size.", "Excellent {}, better than I had hoped."},
     {"The {} was broken after two days.", "Poor quality, the {} looks cheap and ugly.",
      "The {} is far too expensive for what it is.", "Wrong size, the {} does not fit at all.",
      "Terrible material, I regret buying this {}.", "The {} is faulty and useless."},
     {"质量很好，非常喜欢。", "做工精细，很满意。", "价格实惠，性价比高。", "大小正好，很好用。",
      "材质不错，值得买。", "品质超出预期，推荐。"},
     {"质量太差，用了两天就坏了。", "做工粗糙，很失望。", "价格太贵，不值这个钱。",
      "尺寸不对，根本没法用。", "材质差，后悔买了。", "品质很糟糕，是次品。"}},
    {{"Delivery was quick.", "It arrived a day early, well done.", "The parcel came on time.",
      "Fast shipping and careful packaging.", "The courier was friendly.",
      "It was nicely wrapped and delivered in two days."},
     {"Delivery took three weeks.", "The parcel arrived late and damaged.",
      "Slow shipping, nobody told me why.", "The box was crushed.",
      "The courier threw it over the fence.", "It was delivered to the wrong house."},
     {"快递很快，第二天就到了。", "物流给力，包装完好。", "送货及时，态度好。", "配送很快，点赞。",
      "包装仔细，没有破损。", "送到家门口，很方便。"},
     {"快递太慢，等了三个星期。", "包装破了，物流很差。", "送货太晚，还送错地方。",
      "配送慢，没有人通知。", "盒子压坏了，很生气。", "物流一直不更新，太差了。"}},
    {{"Support answered within an hour.", "Very helpful staff.",
      "The return was easy and the staff kind.", "Great service, thank you.",
      "Customer care solved it at once.", "Friendly support, I felt understood."},
     {"Support never answered.", "Rude staff on the telephone.",
      "I am still fighting for my refund.", "Bad service, nobody feels responsible.",
      "Customer care sent me round in circles.", "The return was refused without a reason."},
     {"客服回复很快，态度好。", "售后很负责，满意。", "服务热情，谢谢。", "退货方便，客服耐心。",
      "店员很专业。", "客服马上就解决了。"},
     {"客服不理人，态度差。", "售后推来推去，很生气。", "服务太差，没人负责。",
      "退款拖了很久，失望。", "客服态度恶劣。", "退货被拒绝，没有理由。"}},
}};

/// How reviews begin and end, beside the matter.
inline constexpr std::array<std::string_view, 12> openings{
    "Bought it for my mother. ",     "My second order from this shop. ",
    "A present for a friend. ",      "I had waited for this for weeks. ",
    "Ordered on a Sunday evening. ", "We moved house and needed one. ",
    "Found it by chance. ",          "My neighbour has the same. ",
    "Not my first from here. ",      "It was on offer. ",
    "For our holiday cottage. ",     "My daughter chose it. "};
inline constexpr std::array<std::string_view, 12> closings{
    " I will write again in a year.",
    " The colour is darker than in the picture.",
    " It stands in the hall now.",
    " We use it every day.",
    " My husband agrees.",
    " Let us see how long it lasts.",
    " The cat ignores it.",
    " I compared five shops before.",
    " The manual is in four languages.",
    " It weighs more than I thought.",
    " There is a scratch below, not seen.",
    " I have two of them now."};
inline constexpr std::array<std::string_view, 12> chinese_openings{
    "给妈妈买的。",       "又来这家店买了。", "送朋友的礼物。",   "等了好几个星期才下单。",
    "星期天晚上下的单。", "搬家了正需要。",   "偶然看到的。",     "邻居家也有一个。",
    "不是第一次来了。",   "打折时买的。",     "放在度假屋里用。", "女儿挑的。"};
inline constexpr std::array<std::string_view, 12> chinese_closings{
    "过一年再来追评。",   "颜色比图片深一些。", "现在放在门厅里。",         "我们每天都用。",
    "老公也这么说。",     "看看能用多久吧。",   "家里的猫不理它。",         "之前比较了五家店。",
    "说明书有四种语言。", "比想象的重一点。",   "底部有一道划痕，看不见。", "现在有两个了。"};

/// What somebody must look after.
inline constexpr std::array<std::string_view, 5> grave_words{
    " I got burned and had to go to hospital.", " My lawyer will hear of this.",
    " I want my money back now.", " This is the second time, and it is still not fixed.",
    " I had an allergic reaction to it."};
inline constexpr std::array<std::string_view, 5> chinese_grave_words{
    "手被烫伤了，去了医院。", "我要打12315举报。", "要求退款！", "第二次了，还没解决。",
    "用了以后过敏。"};

/// What is written to order, all but the same each time.
inline constexpr std::array<std::string_view, 3> bought_reviews{
    "Best {} I ever had in my life, everybody should buy this {} today, five stars, amazing shop, "
    "amazing price, absolutely amazing",
    "I bought this {} for all of my friends and everyone of them loves it, do not think twice, the "
    "best {} on the market",
    "Do not buy this {}, it is the worst {} I have ever seen, look at the other shop instead, they "
    "have the real one for half the price"};

}  // namespace storefront
