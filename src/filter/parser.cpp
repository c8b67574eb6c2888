#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include "capture/printable.hpp"
#include "filter/lexer.hpp"
#include "filter/syntax.hpp"

namespace flowloom::filter {
namespace {

using K = TokenKind;
using What = Syntax::What;

constexpr std::size_t kMaxText = 65536;
/// Nested parentheses, negations, operators in a row: what the stack must hold.
constexpr unsigned kMaxDepth = 200;

struct Logic {
  K token;
  What what;
};
// From the loosest to the tightest.
constexpr std::array<Logic, 3> kLogic4 = {
    {{K::logic_or, What::disjunction}, {K::logic_xor, What::exclusive}, {K::logic_and, What::conjunction}}};
constexpr std::array<Logic, 3> kLogic3 = {
    {{K::logic_and, What::conjunction}, {K::logic_xor, What::exclusive}, {K::logic_or, What::disjunction}}};

struct Relation {
  K token;
  Comparison comparison;
  Quantifier quantifier;
};
constexpr Relation kRelations[] = {{K::any_equal, Comparison::equal, Quantifier::any},
                                   {K::all_equal, Comparison::equal, Quantifier::all},
                                   {K::any_unequal, Comparison::unequal, Quantifier::any},
                                   {K::all_unequal, Comparison::unequal, Quantifier::all},
                                   {K::less, Comparison::less, Quantifier::any},
                                   {K::less_equal, Comparison::less_equal, Quantifier::any},
                                   {K::greater, Comparison::greater, Quantifier::any},
                                   {K::greater_equal, Comparison::greater_equal, Quantifier::any}};

constexpr Logic kSums[] = {{K::plus, What::add}, {K::minus, What::subtract}};
constexpr Logic kProducts[] = {
    {K::times, What::multiply}, {K::over, What::divide}, {K::modulo, What::modulo}};
constexpr Logic kMasks[] = {{K::bits_and, What::mask}};

bool is_entity(const Syntax& tree) { return tree.what <= What::function; }

class Parser {
 public:
  Parser(std::vector<Token> tokens, FilterDialect dialect) : tokens_(std::move(tokens)), dialect_(dialect) {}

  Result<SyntaxTree> run() {
    if (tokens_.size() == 1) return SyntaxTree();
    auto tree = logic(0);
    if (tree && here().kind != K::end) return unexpected();
    return tree;
  }

 private:
  [[nodiscard]] const Token& here() const { return tokens_[at_]; }
  bool take(K kind) {
    if (here().kind != kind) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] Error unexpected() const {
    if (here().kind == K::end) return mistake("the expression ends too early", here().at);
    return mistake("\"" + printable(here().text) + "\" is not expected", here().at);
  }
  static SyntaxTree node(What what, std::size_t at) {
    auto made = std::make_unique<Syntax>();
    made->what = what;
    made->at = at;
    return made;
  }
  static SyntaxTree pair(What what, std::size_t at, SyntaxTree left, SyntaxTree right) {
    SyntaxTree made = node(what, at);
    made->children.push_back(std::move(left));
    made->children.push_back(std::move(right));
    return made;
  }

  /// Counts how deep we are.
  class Deeper {
   public:
    explicit Deeper(unsigned& depth) : depth_(depth) { ++depth_; }
    ~Deeper() { --depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    unsigned& depth_;
  };
  [[nodiscard]] Error too_deep() const { return mistake("too deeply nested", here().at); }

  Result<SyntaxTree> logic(std::size_t level) {
    const auto& order = dialect_ == FilterDialect::wireshark4 ? kLogic4 : kLogic3;
    if (level == order.size()) return negation();
    auto first = logic(level + 1);
    if (!first || here().kind != order[level].token) return first;
    SyntaxTree all = node(order[level].what, here().at);
    all->children.push_back(std::move(*first));
    while (take(order[level].token)) {
      auto next = logic(level + 1);
      if (!next) return next;
      all->children.push_back(std::move(*next));
    }
    return all;
  }

  Result<SyntaxTree> negation() {
    const Deeper deeper(depth_);
    if (depth_ > kMaxDepth) return too_deep();
    const std::size_t at = here().at;
    if (take(K::logic_not)) {
      auto inner = negation();
      if (!inner) return inner;
      SyntaxTree made = node(What::negation, at);
      made->children.push_back(std::move(*inner));
      return made;
    }
    if (take(K::open)) {
      auto inner = logic(0);
      if (inner && !take(K::close)) return unexpected();
      return inner;
    }
    return relation();
  }

  Result<SyntaxTree> relation() {
    std::optional<Quantifier> quantifier;
    if (take(K::any)) {
      quantifier = Quantifier::any;
    } else if (take(K::all)) {
      quantifier = Quantifier::all;
    }
    auto left = arithmetic();
    if (!left) return left;
    if (relation_here() != nullptr) return comparisons(std::move(*left), quantifier);
    const std::size_t at = here().at;
    const bool without = here().kind == K::logic_not && tokens_[at_ + 1].kind == K::in;
    if (is_entity(**left)) {
      if (take(K::contains)) return search(What::contains, at, std::move(*left), quantifier);
      if (take(K::matches)) return search(What::matches, at, std::move(*left), quantifier);
      if (without) ++at_;
      if (take(K::in)) {
        auto made = membership(at, std::move(*left), quantifier);
        if (!made || !without) return made;
        SyntaxTree outside = node(What::negation, at);
        outside->children.push_back(std::move(*made));
        return outside;
      }
    }
    if (quantifier.has_value()) return unexpected();
    SyntaxTree made = node(What::exists, (*left)->at);
    made->children.push_back(std::move(*left));
    return made;
  }

  [[nodiscard]] const Relation* relation_here() const {
    for (const Relation& relation : kRelations) {
      if (relation.token == here().kind) return &relation;
    }
    return nullptr;
  }

  /// a < b, or a < b <= c, which is a < b and b <= c.
  Result<SyntaxTree> comparisons(SyntaxTree left, std::optional<Quantifier> quantifier) {
    SyntaxTree all;
    const Deeper deeper(depth_);
    for (const Relation* relation = relation_here(); relation != nullptr; relation = relation_here()) {
      if (all != nullptr) {  // the middle one stands on both sides: read it again
        at_ = middle_;
        auto again = arithmetic();
        if (!again) return again;
        left = std::move(*again);
      }
      const std::size_t at = here().at;
      ++at_;
      middle_ = at_;
      auto right = arithmetic();
      if (!right) return right;
      SyntaxTree one = pair(What::compare, at, std::exchange(left, nullptr), std::move(*right));
      one->comparison = relation->comparison;
      one->quantifier = relation->quantifier;
      if (dialect_ == FilterDialect::wireshark3 && relation->token == K::all_unequal) {
        one->quantifier = Quantifier::any;
      }
      one->quantifier = quantifier.value_or(one->quantifier);
      if (all == nullptr) all = node(What::conjunction, at);
      all->children.push_back(std::move(one));
    }
    return all->children.size() == 1 ? std::move(all->children[0]) : std::move(all);
  }

  Result<SyntaxTree> search(What what, std::size_t at, SyntaxTree left,
                            std::optional<Quantifier> quantifier) {
    auto right = entity();
    if (!right) return right;
    SyntaxTree made = pair(what, at, std::move(left), std::move(*right));
    made->quantifier = quantifier.value_or(Quantifier::any);
    return made;
  }

  Result<SyntaxTree> membership(std::size_t at, SyntaxTree left, std::optional<Quantifier> quantifier) {
    if (!take(K::open_brace)) return unexpected();
    SyntaxTree made = node(What::in, at);
    made->quantifier = quantifier.value_or(Quantifier::any);
    made->children.push_back(std::move(left));
    do {
      auto element = signed_entity();
      if (!element) return element;
      const std::size_t dots = here().at;
      if (take(K::dots)) {
        auto last = signed_entity();
        if (!last) return last;
        *element = pair(What::span, dots, std::move(*element), std::move(*last));
      }
      made->children.push_back(std::move(*element));
    } while (take(K::comma) || (dialect_ == FilterDialect::wireshark3 && here().kind != K::close_brace));
    if (!take(K::close_brace)) return unexpected();
    return made;
  }

  Result<SyntaxTree> arithmetic() {
    const Deeper deeper(depth_);
    if (depth_ > kMaxDepth) return too_deep();
    return operators(kMasks, [this] {
      return operators(kSums, [this] { return operators(kProducts, [this] { return operand(); }); });
    });
  }

  template <std::size_t N, class Tighter>
  Result<SyntaxTree> operators(const Logic (&which)[N], const Tighter& tighter) {
    auto left = tighter();
    unsigned in_a_row = 0;
    while (left) {
      const Logic* found = nullptr;
      for (const Logic& one : which) found = one.token == here().kind ? &one : found;
      if (found == nullptr) break;
      if (depth_ + ++in_a_row > kMaxDepth) return too_deep();
      const std::size_t at = here().at;
      ++at_;
      auto right = tighter();
      if (!right) return right;
      *left = pair(found->what, at, std::move(*left), std::move(*right));
    }
    return left;
  }

  Result<SyntaxTree> operand() {
    if (!take(K::open_brace)) return signed_entity();
    auto inner = arithmetic();
    if (inner && !take(K::close_brace)) return unexpected();
    return inner;
  }

  Result<SyntaxTree> signed_entity() {
    const std::size_t at = here().at;
    if (take(K::plus)) return entity();
    if (!take(K::minus)) return entity();
    auto inner = entity();
    if (!inner) return inner;
    SyntaxTree made = node(What::negative, at);
    made->children.push_back(std::move(*inner));
    return made;
  }

  Result<SyntaxTree> entity() {
    const Token& token = here();
    SyntaxTree made;
    if (token.kind == K::word && tokens_[at_ + 1].kind == K::open) {
      auto call = function();
      if (!call) return call;
      made = std::move(*call);
    } else if (token.kind == K::word || token.kind == K::text || token.kind == K::character) {
      made = node(token.kind == K::word   ? What::word
                  : token.kind == K::text ? What::text
                                          : What::character,
                  token.at);
      made->text = token.text;
      ++at_;
      if (token.kind == K::word && take(K::hash)) {
        if (take(K::open_bracket)) {
          if (auto done = ranges(made->ranges); !done) return done.error();
        } else if (auto done = range(made->ranges); !done) {
          return done.error();
        }
      }
    } else {
      return unexpected();
    }
    unsigned slices = 0;
    while (here().kind == K::open_bracket) {
      if (depth_ + ++slices > kMaxDepth) return too_deep();
      SyntaxTree slice = node(What::slice, here().at);
      ++at_;
      if (auto done = ranges(slice->ranges); !done) return done.error();
      slice->children.push_back(std::move(made));
      made = std::move(slice);
    }
    return made;
  }

  Result<SyntaxTree> function() {
    SyntaxTree made = node(What::function, here().at);
    made->text = here().text;
    at_ += 2;
    if (take(K::close)) return made;
    do {
      auto given = arithmetic();
      if (!given) return given;
      made->children.push_back(std::move(*given));
    } while (take(K::comma));
    if (!take(K::close)) return unexpected();
    return made;
  }

  Result<> ranges(std::vector<Range>& all) {
    do {
      if (auto done = range(all); !done) return done;
    } while (take(K::comma));
    if (!take(K::close_bracket)) return unexpected();
    return {};
  }

  /// One piece: i, i:j, i-j, :j, i:, or ":".
  Result<> range(std::vector<Range>& all) {
    const Token& token = here();
    if (token.kind != K::range) return unexpected();
    ++at_;
    const char* at = token.text.c_str();
    Range made;
    const Error wrong = mistake("\"" + printable(token.text) + "\" is no range", token.at);
    const bool first = number(at, made.first);
    const char separator = *at;
    if (separator != '\0') ++at;
    if (separator == '\0') {
      if (!first) return wrong;
      made.second = 1;
    } else if (separator == ':') {
      if (number(at, made.second)) {
        if (made.second <= 0) return wrong;
      } else {
        made.until = Range::Until::end;
      }
    } else if (separator == '-' && first) {
      made.until = Range::Until::last;
      if (!number(at, made.second)) return wrong;
      if ((made.first < 0) == (made.second < 0) && made.first >= made.second) return wrong;
    } else {
      return wrong;
    }
    if (at != token.text.c_str() + token.text.size()) return wrong;
    all.push_back(made);
    return {};
  }

  /// A number as in C (0x10, 010), between blanks. False: there is none.
  static bool number(const char*& at, std::int32_t& value) {
    while (*at == ' ') ++at;
    char* end = nullptr;
    const long read = std::strtol(at, &end, 0);
    const bool found = end != at && read >= INT32_MIN && read <= INT32_MAX;
    if (found) {
      at = end;
      value = static_cast<std::int32_t>(read);
    }
    while (*at == ' ') ++at;
    return found;
  }

  std::vector<Token> tokens_;
  FilterDialect dialect_;
  std::size_t at_ = 0;
  std::size_t middle_ = 0;
  unsigned depth_ = 0;
};

}  // namespace

Result<SyntaxTree> parse(std::string_view expression, FilterDialect dialect) {
  if (expression.size() > kMaxText) {
    return Error{ErrorCode::limit, "a filter has at most " + std::to_string(kMaxText) + " bytes"};
  }
  auto tokens = tokens_of(expression);
  if (!tokens) return tokens.error();
  return Parser(std::move(*tokens), dialect).run();
}

}  // namespace flowloom::filter
