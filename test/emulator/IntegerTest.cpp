// Are integer and bit instructions exact, at their edges too? Expected values come from 128-bit arithmetic.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Harness.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

using namespace sinter::emulator::test;

namespace {

using Wide = __int128;

/// Values at which integers of that width misbehave, and some others.
std::vector<uint64_t> edges(unsigned bits) {
  uint64_t mask = bits == 64 ? ~uint64_t(0) : (uint64_t(1) << bits) - 1, top = uint64_t(1) << (bits - 1);
  std::vector<uint64_t> values{0, 1, 2, 3, mask, mask - 1, top, top - 1, top + 1, 0x5555555555555555 & mask};
  std::mt19937_64 random(bits);
  for (int i = 0; i < 8; ++i)
    values.push_back(random() & mask >> random() % bits);
  return values;
}

Wide value(uint64_t word, unsigned bits, bool isSigned) {
  if (!isSigned)
    return word;
  return static_cast<Wide>(static_cast<int64_t>(word << (64 - bits)) >> (64 - bits));
}

uint64_t cut(Wide value, unsigned bits) {
  return static_cast<uint64_t>(value) & (bits == 64 ? ~uint64_t(0) : (uint64_t(1) << bits) - 1);
}

struct IntegerCase {
  const char *instruction; ///< with TYPE for the type
  std::vector<const char *> types;
  Wide (*expected)(Wide a, Wide b, Wide c, unsigned bits);
  unsigned operands = 2;
  unsigned widening = 1; ///< factor of the result's width
};

unsigned widthOf(const std::string &type) {
  return static_cast<unsigned>(atoi(type.c_str() + 1));
}

void check(const IntegerCase &test, const std::string &type) {
  unsigned bits = widthOf(type);
  std::string body = test.instruction;
  body.replace(body.find("TYPE"), 4, type);
  Operation operation{body, bits * test.widening, {}};
  for (unsigned i = 0; i < test.operands; ++i)
    operation.inputBits.push_back(i == 2 ? bits * test.widening : bits);
  std::vector<std::vector<uint64_t>> inputs;
  auto values = edges(bits);
  for (size_t i = 0; i < values.size(); ++i)
    for (size_t j = 0; j < values.size(); ++j)
      inputs.push_back({values[i], values[j], values[(i * 7 + j * 3) % values.size()]});
  auto found = evaluate(operation, inputs);
  bool isSigned = type[0] == 's';
  for (size_t i = 0; i < inputs.size(); ++i) {
    Wide expected = test.expected(value(inputs[i][0], bits, isSigned), value(inputs[i][1], bits, isSigned),
                                  value(inputs[i][2], bits * test.widening, isSigned), bits);
    ASSERT_EQ(found[i], cut(expected, bits * test.widening))
        << body << " of " << inputs[i][0] << ", " << inputs[i][1] << ", " << inputs[i][2];
  }
}

const std::vector<const char *> all{"u16", "s16", "u32", "s32", "u64", "s64"}, narrow{"u16", "s16", "u32", "s32"};

Wide clampTo32(Wide x) {
  return std::clamp<Wide>(x, -(Wide(1) << 31), (Wide(1) << 31) - 1);
}

const IntegerCase cases[] = {
    {"add.TYPE %d, %a0, %a1;", all, [](Wide a, Wide b, Wide, unsigned) { return a + b; }},
    {"sub.TYPE %d, %a0, %a1;", all, [](Wide a, Wide b, Wide, unsigned) { return a - b; }},
    {"add.sat.TYPE %d, %a0, %a1;", {"s32"}, [](Wide a, Wide b, Wide, unsigned) { return clampTo32(a + b); }},
    {"sub.sat.TYPE %d, %a0, %a1;", {"s32"}, [](Wide a, Wide b, Wide, unsigned) { return clampTo32(a - b); }},
    {"mul.lo.TYPE %d, %a0, %a1;", all, [](Wide a, Wide b, Wide, unsigned) { return Wide(uint64_t(a) * uint64_t(b)); }},
    {"mul.hi.TYPE %d, %a0, %a1;",
     {"u16", "s16", "u32", "s32", "s64"},
     [](Wide a, Wide b, Wide, unsigned bits) { return a * b >> bits; }},
    {"mul.hi.TYPE %d, %a0, %a1;",
     {"u64"},
     [](Wide a, Wide b, Wide, unsigned) {
       return static_cast<Wide>(static_cast<unsigned __int128>(uint64_t(a)) * uint64_t(b) >> 64);
     }},
    {"mul.wide.TYPE %d, %a0, %a1;", narrow, [](Wide a, Wide b, Wide, unsigned) { return a * b; }, 2, 2},
    {"mad.wide.TYPE %d, %a0, %a1, %a2;", narrow, [](Wide a, Wide b, Wide c, unsigned) { return a * b + c; }, 3, 2},
    {"mad.lo.TYPE %d, %a0, %a1, %a2;", all,
     [](Wide a, Wide b, Wide c, unsigned) { return Wide(uint64_t(a) * uint64_t(b) + uint64_t(c)); }, 3},
    {"mad.hi.sat.TYPE %d, %a0, %a1, %a2;",
     {"s32"},
     [](Wide a, Wide b, Wide c, unsigned) { return clampTo32((a * b >> 32) + c); },
     3},
    {"min.TYPE %d, %a0, %a1;", all, [](Wide a, Wide b, Wide, unsigned) { return std::min(a, b); }},
    {"max.TYPE %d, %a0, %a1;", all, [](Wide a, Wide b, Wide, unsigned) { return std::max(a, b); }},
    {"max.relu.TYPE %d, %a0, %a1;",
     {"s32"},
     [](Wide a, Wide b, Wide, unsigned) { return std::max<Wide>(std::max(a, b), 0); }},
    {"abs.TYPE %d, %a0;", {"s16", "s32", "s64"}, [](Wide a, Wide, Wide, unsigned) { return a < 0 ? -a : a; }},
    {"neg.TYPE %d, %a0;", {"s16", "s32", "s64"}, [](Wide a, Wide, Wide, unsigned) { return -a; }},
    {"sad.TYPE %d, %a0, %a1, %a2;", all, [](Wide a, Wide b, Wide c, unsigned) { return c + (a > b ? a - b : b - a); },
     3},
    {"div.TYPE %d, %a0, %a1;", all, [](Wide a, Wide b, Wide, unsigned) { return b == 0 ? Wide(-1) : a / b; }},
    {"rem.TYPE %d, %a0, %a1;", all, [](Wide a, Wide b, Wide, unsigned) { return b == 0 ? Wide(-1) : a % b; }},
    {"and.TYPE %d, %a0, %a1;", {"b16", "b32", "b64"}, [](Wide a, Wide b, Wide, unsigned) { return a & b; }},
    {"or.TYPE %d, %a0, %a1;", {"b16", "b32", "b64"}, [](Wide a, Wide b, Wide, unsigned) { return a | b; }},
    {"xor.TYPE %d, %a0, %a1;", {"b16", "b32", "b64"}, [](Wide a, Wide b, Wide, unsigned) { return a ^ b; }},
    {"not.TYPE %d, %a0;", {"b16", "b32", "b64"}, [](Wide a, Wide, Wide, unsigned) { return ~a; }},
    {"brev.TYPE %d, %a0;",
     {"b32", "b64"},
     [](Wide a, Wide, Wide, unsigned bits) {
       Wide result = 0;
       for (unsigned i = 0; i < bits; ++i)
         result = result * 2 + (a >> i & 1);
       return result;
     }},
    {"lop3.TYPE %d, %a0, %a1, %a2, 0xE8;",
     {"b32"},
     [](Wide a, Wide b, Wide c, unsigned) { return (a & b) | (a & c) | (b & c); },
     3},
    {"lop3.TYPE %d, %a0, %a1, %a2, 0x96;", {"b32"}, [](Wide a, Wide b, Wide c, unsigned) { return a ^ b ^ c; }, 3},
};

} // namespace

TEST(Integer, AgreesWithWiderArithmetic) {
  for (const IntegerCase &test : cases)
    for (const char *type : test.types)
      check(test, type);
}

/// Amounts of the width and more shift everything out.
TEST(Integer, Shifts) {
  for (const char *type : {"u16", "s16", "u32", "s32", "u64", "s64"}) {
    unsigned bits = widthOf(type);
    bool isSigned = type[0] == 's';
    std::vector<std::vector<uint64_t>> inputs;
    for (uint64_t word : edges(bits))
      for (uint64_t amount : {0u, 1u, 7u, bits - 1, bits, bits + 1, 255u, 4294967295u})
        inputs.push_back({word, amount});
    auto right = evaluate({std::string("shr.") + type + " %d, %a0, %a1;", bits, {bits, 32}}, inputs);
    auto left = evaluate({"shl.b" + std::to_string(bits) + " %d, %a0, %a1;", bits, {bits, 32}}, inputs);
    for (size_t i = 0; i < inputs.size(); ++i) {
      uint64_t amount = std::min<uint64_t>(inputs[i][1], 100);
      EXPECT_EQ(right[i], cut(value(inputs[i][0], bits, isSigned) >> amount, bits)) << type << " " << amount;
      EXPECT_EQ(left[i], amount >= bits ? 0 : cut(static_cast<Wide>(inputs[i][0]) << amount, bits));
    }
  }
}

TEST(Integer, FunnelShifts) {
  std::vector<std::vector<uint64_t>> inputs;
  for (uint64_t amount : {0, 1, 31, 32, 33, 63, 64})
    inputs.push_back({0x89abcdef, 0x01234567, amount});
  auto clampedLeft = evaluate({"shf.l.clamp.b32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs);
  auto wrappedLeft = evaluate({"shf.l.wrap.b32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs);
  auto clampedRight = evaluate({"shf.r.clamp.b32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs);
  auto wrappedRight = evaluate({"shf.r.wrap.b32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    uint64_t both = 0x0123456789abcdef, n = inputs[i][2], clamped = std::min<uint64_t>(n, 32), wrapped = n % 32;
    EXPECT_EQ(clampedLeft[i], (both << clamped) >> 32) << n;
    EXPECT_EQ(wrappedLeft[i], (both << wrapped) >> 32) << n;
    EXPECT_EQ(clampedRight[i], both >> clamped & 0xffffffff) << n;
    EXPECT_EQ(wrappedRight[i], both >> wrapped & 0xffffffff) << n;
  }
}

TEST(Integer, FieldsAreExtractedAndInserted) {
  std::vector<std::vector<uint64_t>> inputs;
  for (uint64_t position : {0, 3, 8, 31, 32, 40, 255})
    for (uint64_t length : {0, 1, 8, 31, 32, 200})
      inputs.push_back({0xfedcba98, position, length});
  auto plain = evaluate({"bfe.u32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs);
  auto extended = evaluate({"bfe.s32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs);
  auto inserted = evaluate({"bfi.b32 %d, 0x12345678, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    uint64_t word = inputs[i][0], position = inputs[i][1], length = inputs[i][2], unsignedField = 0;
    for (unsigned bit = 0; bit < 32; ++bit) // bit by bit, as PTX defines it
      if (bit < length && position + bit < 32)
        unsignedField |= (word >> (position + bit) & 1) << bit;
    EXPECT_EQ(plain[i], unsignedField) << position << " " << length;
    uint64_t sign = length == 0 ? 0 : word >> std::min<uint64_t>(position + length - 1, 31) & 1, field = 0, base = word;
    for (unsigned bit = 0; bit < 32; ++bit) {
      bool inside = bit < length && position + bit < 32;
      field |= (inside ? word >> (position + bit) & 1 : sign) << bit;
      if (bit >= position && bit < position + length)
        base = (base & ~(uint64_t(1) << bit)) | (uint64_t(0x12345678) >> (bit - position) & 1) << bit;
    }
    EXPECT_EQ(extended[i], field) << position << " " << length;
    EXPECT_EQ(inserted[i], base) << position << " " << length;
  }
}

TEST(Integer, BitsAreCounted) {
  std::vector<std::vector<uint64_t>> inputs{{0}, {1}, {0x80000000}, {0xffffffff}, {0x00ff0010}};
  EXPECT_EQ(evaluate({"clz.b32 %d, %a0;", 32, {32}}, inputs), (std::vector<uint64_t>{32, 31, 0, 0, 8}));
  EXPECT_EQ(evaluate({"popc.b32 %d, %a0;", 32, {32}}, inputs), (std::vector<uint64_t>{0, 1, 1, 32, 9}));
  EXPECT_EQ(evaluate({"bfind.u32 %d, %a0;", 32, {32}}, inputs), (std::vector<uint64_t>{0xffffffff, 0, 31, 31, 23}));
  EXPECT_EQ(evaluate({"bfind.s32 %d, %a0;", 32, {32}}, inputs),
            (std::vector<uint64_t>{0xffffffff, 0, 30, 0xffffffff, 23}));
  EXPECT_EQ(evaluate({"clz.b64 %d, %a0;", 32, {64}}, {{0}, {1}, {uint64_t(1) << 63}}),
            (std::vector<uint64_t>{64, 63, 0}));
}

TEST(Integer, BytesArePermuted) {
  std::vector<std::vector<uint64_t>> inputs{
      {0x33221100, 0xf7665544, 0x7650}, {0x33221100, 0xf7665544, 0xf0f8}, {0x80, 0, 0x8888}};
  EXPECT_EQ(evaluate({"prmt.b32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs),
            (std::vector<uint64_t>{0xf7665500, 0xff00ff00, 0xffffffff}));
  EXPECT_EQ(evaluate({"prmt.b32.f4e %d, 0x33221100, 0x77665544, %a0;", 32, {32}}, {{0}, {1}, {3}}),
            (std::vector<uint64_t>{0x33221100, 0x44332211, 0x66554433}));
  EXPECT_EQ(evaluate({"prmt.b32.ecl %d, 0x33221100, 0, %a0;", 32, {32}}, {{1}, {3}}),
            (std::vector<uint64_t>{0x33221111, 0x33333333}));
}

/// 128 bits in four steps, with carries.
TEST(Integer, CarriesGoOn) {
  std::vector<std::vector<uint64_t>> inputs;
  for (uint64_t a : edges(64))
    for (uint64_t b : edges(64))
      inputs.push_back({a, b});
  std::string split = ".reg .b32 %x<2>, %y<2>, %z<4>; mov.b64 {%x0, %x1}, %a0; mov.b64 {%y0, %y1}, %a1;\n";
  auto sums = evaluate(
      {split + "add.cc.u32 %z0, %x0, %y0; addc.u32 %z1, %x1, %y1; mov.b64 %d, {%z0, %z1};", 64, {64, 64}}, inputs);
  auto differences = evaluate(
      {split + "sub.cc.u32 %z0, %x0, %y0; subc.u32 %z1, %x1, %y1; mov.b64 %d, {%z0, %z1};", 64, {64, 64}}, inputs);
  // The high 64 bits of the product, by parts of 32.
  auto products = evaluate({split + "mul.hi.u32 %z0, %x0, %y0; mad.lo.cc.u32 %z0, %x0, %y1, %z0;\n"
                                    "madc.hi.u32 %z1, %x0, %y1, 0; mad.lo.cc.u32 %z0, %x1, %y0, %z0;\n"
                                    "madc.hi.cc.u32 %z1, %x1, %y0, %z1; addc.u32 %z2, 0, 0;\n"
                                    "mad.lo.cc.u32 %z1, %x1, %y1, %z1; madc.hi.u32 %z2, %x1, %y1, %z2;\n"
                                    "mov.b64 %d, {%z1, %z2};",
                            64,
                            {64, 64}},
                           inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_EQ(sums[i], inputs[i][0] + inputs[i][1]);
    EXPECT_EQ(differences[i], inputs[i][0] - inputs[i][1]);
    EXPECT_EQ(products[i], static_cast<uint64_t>(static_cast<unsigned __int128>(inputs[i][0]) * inputs[i][1] >> 64));
  }
}

TEST(Integer, DotProductsOfBytes) {
  EXPECT_EQ(evaluate({"dp4a.s32.s32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, {{0xff01807f, 0x02030405, 100}}),
            (std::vector<uint64_t>{static_cast<uint32_t>(-1 * 2 + 1 * 3 + -128 * 4 + 127 * 5 + 100)}));
  EXPECT_EQ(evaluate({"dp4a.u32.s32 %d, %a0, %a1, 0;", 32, {32, 32}}, {{0xff000000, 0xfe000000}}),
            (std::vector<uint64_t>{static_cast<uint32_t>(255 * -2)}));
}

TEST(Integer, ProductsOf24Bits) {
  const std::vector<std::vector<uint64_t>> inputs{
      {0x00ffffff, 0x00fffffe, 7}, {0x12345678, 3, 0xffffffff}, {0x00800000, 2, 5}};
  auto low = evaluate({"mul24.lo.u32 %d, %a0, %a1;", 32, {32, 32}}, inputs);
  auto high = evaluate({"mul24.hi.u32 %d, %a0, %a1;", 32, {32, 32}}, inputs);
  auto sums = evaluate({"mad24.lo.s32 %d, %a0, %a1, %a2;", 32, {32, 32, 32}}, inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    uint64_t a = inputs[i][0] & 0xffffff, b = inputs[i][1] & 0xffffff;
    EXPECT_EQ(low[i], a * b & 0xffffffff);
    EXPECT_EQ(high[i], a * b >> 16); // bits 47 to 16
    auto isSigned = [](uint64_t x) { return static_cast<int64_t>(x << 40) >> 40; };
    EXPECT_EQ(sums[i], static_cast<uint32_t>(isSigned(a) * isSigned(b) + static_cast<int64_t>(inputs[i][2])));
  }
}

TEST(Integer, MasksOfBits) {
  EXPECT_EQ(evaluate({"bmsk.clamp.b32 %d, %a0, %a1;", 32, {32, 32}}, {{3, 5}, {0, 32}, {31, 1}, {28, 9}, {4, 0}}),
            (std::vector<uint64_t>{0xf8, 0xffffffff, 0x80000000, 0xf0000000, 0}));
  EXPECT_EQ(evaluate({"bmsk.wrap.b32 %d, %a0, %a1;", 32, {32, 32}}, {{3, 5}, {35, 5}, {28, 9}}),
            (std::vector<uint64_t>{0xf8, 0xf8, 0xf0000000}));
}

TEST(Integer, ComparisonsAsNumbers) {
  EXPECT_EQ(evaluate({"set.lt.u32.s32 %d, %a0, %a1;", 32, {32, 32}}, {{1, 2}, {2, 1}, {0xffffffff, 0}}),
            (std::vector<uint64_t>{0xffffffff, 0, 0xffffffff}));
  EXPECT_EQ(evaluate({"set.ge.f32.u32 %d, %a0, %a1;", 32, {32, 32}}, {{1, 2}, {2, 2}}),
            (std::vector<uint64_t>{0, 0x3f800000}));
}
