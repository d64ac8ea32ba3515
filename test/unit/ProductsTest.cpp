// Are products right whose operands are computed where they are read, or are f16 or bf16?
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EveryOp.h"

namespace {

class EveryProduct : public testing::TestWithParam<OpCase> {};

TEST_P(EveryProduct, ComputesWhatTheReferenceDoes) {
  for (const char *element : {"f32", "f64"})
    expectAsReference(GetParam(), element);
}

/// Of f32 only; f16 serves wherever bf16 does.
class EveryUseOfHalves : public testing::TestWithParam<OpCase> {};

TEST_P(EveryUseOfHalves, ComputesWhatTheReferenceDoes) {
  expectAsReference(GetParam(), "f32");
  std::string body = GetParam().body;
  for (size_t at = 0; (at = body.find("bf16", at)) != std::string::npos;)
    body.erase(at, 1);
  OpCase other = GetParam();
  other.body = body.c_str();
  expectAsReference(other, "f32");
}

INSTANTIATE_TEST_SUITE_P(
    Prologues, EveryProduct,
    testing::Values(OpCase{"of_weight", "?x20x$T; 30x20x$T", "?x30x$T",
                           "$w = sinter.tanh $b : tensor<30x20x$T>\n"
                           "$r = sinter.linear $a, $w : (tensor<?x20x$T>, tensor<30x20x$T>) -> tensor<?x30x$T>"},
                    OpCase{"of_input", "?x20x$T; 30x20x$T", "?x30x$T",
                           "$x = sinter.relu $a : tensor<?x20x$T>\n"
                           "$r = sinter.linear $x, $b : (tensor<?x20x$T>, tensor<30x20x$T>) -> tensor<?x30x$T>"},
                    OpCase{"of_both", "?x20x$T; 20x30x$T", "?x30x$T",
                           "$x = sinter.square $a : tensor<?x20x$T>\n$w = sinter.abs $b : tensor<20x30x$T>\n"
                           "$r = sinter.dot_general $x, $w batch = [] x [] contract = [1] x [0] : (tensor<?x20x$T>, "
                           "tensor<20x30x$T>) -> tensor<?x30x$T>"},
                    OpCase{"scaled_columns", "?x20x$T; 30x20x$T; 20x$T", "?x30x$T",
                           "$s = sinter.broadcast $c dims = [1] : tensor<20x$T> -> tensor<30x20x$T>\n"
                           "$w = sinter.mul $b, $s : tensor<30x20x$T>\n"
                           "$r = sinter.linear $a, $w : (tensor<?x20x$T>, tensor<30x20x$T>) -> tensor<?x30x$T>"},
                    OpCase{"scaled_rows", "?x20x$T; 30x20x$T; 30x$T", "?x30x$T",
                           "$s = sinter.broadcast $c dims = [0] : tensor<30x$T> -> tensor<30x20x$T>\n"
                           "$w = sinter.div $b, $s : tensor<30x20x$T>\n"
                           "$r = sinter.linear $a, $w : (tensor<?x20x$T>, tensor<30x20x$T>) -> tensor<?x30x$T>"},
                    OpCase{"masked", "?x20xi1; ?x20x$T; 30x20x$T", "?x30x$T",
                           "$z = sinter.constant dense<0.5> : tensor<1x20x$T> -> tensor<?x20x$T>\n"
                           "$x = sinter.select $a, $b, $z : tensor<?x20x$T>\n"
                           "$r = sinter.linear $x, $c : (tensor<?x20x$T>, tensor<30x20x$T>) -> tensor<?x30x$T>"},
                    OpCase{"few_elements", "?x3x$T; 1x3x$T", "?x1x$T",
                           "$x = sinter.exp $a : tensor<?x3x$T>\n$w = sinter.cos $b : tensor<1x3x$T>\n"
                           "$r = sinter.linear $x, $w : (tensor<?x3x$T>, tensor<1x3x$T>) -> tensor<?x1x$T>"},
                    OpCase{"batched", "?x4x6x$T; ?x6x5x$T", "?x4x5x$T",
                           "$x = sinter.sigmoid $a : tensor<?x4x6x$T>\n$y = sinter.relu $b : tensor<?x6x5x$T>\n"
                           "$r = sinter.dot_general $x, $y batch = [0] x [0] contract = [2] x [1] : (tensor<?x4x6x$T>, "
                           "tensor<?x6x5x$T>) -> tensor<?x4x5x$T>"}),
    caseName);

#define NARROW(operand, shape)                                                                                         \
  "$" operand "h = sinter.convert $" operand " : tensor<" shape "f32> to tensor<" shape "bf16>\n"

INSTANTIATE_TEST_SUITE_P(
    Halves, EveryUseOfHalves,
    testing::Values(
        OpCase{"rounding", "?x7x$T", "?x7x$T",
               NARROW("a", "?x7x") "$r = sinter.convert $ah : tensor<?x7xbf16> to tensor<?x7xf32>"},
        OpCase{"linear", "?x6x$T; 5x6x$T; 5x$T", "?x5x$T",
               NARROW("a", "?x6x") NARROW("b", "5x6x") "$r = sinter.linear $ah, $bh, $c : (tensor<?x6xbf16>, "
                                                       "tensor<5x6xbf16>, tensor<5xf32>) -> tensor<?x5xf32>"},
        OpCase{"linear_wide", "?x70x$T; 65x70x$T; 65x$T", "?x65x$T",
               NARROW("a", "?x70x") NARROW("b", "65x70x") "$r = sinter.linear $ah, $bh, $c : (tensor<?x70xbf16>, "
                                                          "tensor<65x70xbf16>, tensor<65xf32>) -> "
                                                          "tensor<?x65xf32>"},
        OpCase{"linear_rank3", "?x3x6x$T; 5x6x$T", "?x3x5x$T",
               NARROW("a", "?x3x6x") NARROW(
                   "b",
                   "5x6x") "$r = sinter.linear $ah, $bh : (tensor<?x3x6xbf16>, tensor<5x6xbf16>) -> tensor<?x3x5xf32>"},
        OpCase{
            "linear_one_to_one", "?x1x$T; 1x1x$T", "?x1x$T",
            NARROW("a", "?x1x")
                NARROW("b",
                       "1x1x") "$r = sinter.linear $ah, $bh : (tensor<?x1xbf16>, tensor<1x1xbf16>) -> tensor<?x1xf32>"},
        OpCase{
            "dot_right", "?x40x$T; 40x50x$T", "?x50x$T",
            NARROW("a", "?x40x") NARROW(
                "b",
                "40x50x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [1] x [0] : (tensor<?x40xbf16>, "
                          "tensor<40x50xbf16>) -> tensor<?x50xf32>"},
        OpCase{
            "dot_vector", "?x6x$T; 6x$T", "?x$T",
            NARROW("a", "?x6x") NARROW(
                "b", "6x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [1] x [0] : (tensor<?x6xbf16>, "
                           "tensor<6xbf16>) -> tensor<?xf32>"},
        OpCase{"dot_outer", "?x$T; 5x$T", "?x5x$T",
               NARROW("a", "?x") NARROW(
                   "b", "5x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [] x [] : (tensor<?xbf16>, "
                              "tensor<5xbf16>) -> tensor<?x5xf32>"},
        OpCase{
            "dot_gram", "?x20x$T", "20x20x$T",
            NARROW(
                "a",
                "?x20x") "$r = sinter.dot_general $ah, $ah batch = [] x [] contract = [0] x [0] : (tensor<?x20xbf16>, "
                         "tensor<?x20xbf16>) -> tensor<20x20xf32>"},
        OpCase{"dot_batched", "?x4x6x$T; ?x6x5x$T", "?x4x5x$T",
               NARROW("a", "?x4x6x") NARROW("b", "?x6x5x") "$r = sinter.dot_general $ah, $bh batch = [0] x [0] "
                                                           "contract = [2] x [1] : (tensor<?x4x6xbf16>, "
                                                           "tensor<?x6x5xbf16>) -> tensor<?x4x5xf32>"},
        OpCase{
            "moved", "?x20x$T; 5x4x10x$T", "?x10x$T",
            NARROW("a", "?x20x") NARROW(
                "b",
                "5x4x10x") "$v = sinter.reshape $bh : tensor<5x4x10xbf16> -> tensor<20x10xbf16>\n"
                           "$w = sinter.transpose $v [1, 0] : tensor<20x10xbf16> -> tensor<10x20xbf16>\n"
                           "$r = sinter.linear $ah, $w : (tensor<?x20xbf16>, tensor<10x20xbf16>) -> tensor<?x10xf32>"},
        OpCase{"transposed_alone", "?x3x5x$T", "?x5x3x$T",
               NARROW("a", "?x3x5x") "$t = sinter.transpose $ah [0, 2, 1] : tensor<?x3x5xbf16> -> tensor<?x5x3xbf16>\n"
                                     "$r = sinter.convert $t : tensor<?x5x3xbf16> to tensor<?x5x3xf32>"},
        OpCase{
            "constant", "?x6x$T", "?x5x$T",
            NARROW("a", "?x6x") "$c = sinter.constant dense<0.3> : tensor<5x6xbf16> -> tensor<5x6xbf16>\n"
                                "$r = sinter.linear $ah, $c : (tensor<?x6xbf16>, tensor<5x6xbf16>) -> tensor<?x5xf32>"},
        OpCase{
            "layers", "?x30x$T; 40x30x$T; 20x40x$T", "?x20x$T",
            NARROW("a", "?x30x") NARROW("b", "40x30x") NARROW(
                "c",
                "20x40x") "$h = sinter.linear $ah, $bh : (tensor<?x30xbf16>, tensor<40x30xbf16>) -> tensor<?x40xf32>\n"
                          "$g = sinter.gelu $h : tensor<?x40xf32>\n"
                          "$gh = sinter.convert $g : tensor<?x40xf32> to tensor<?x40xbf16>\n"
                          "$r = sinter.linear $gh, $ch : (tensor<?x40xbf16>, tensor<20x40xbf16>) -> tensor<?x20xf32>"}),
    caseName);

/// Left and right operand as they lie (N) or transposed (T), with rows of multiples of 16 bytes and without; k is
/// longer than what a GPU has under way at once.
INSTANTIATE_TEST_SUITE_P(
    LayoutsOfHalves, EveryUseOfHalves,
    testing::Values(
        OpCase{"even_nn", "?x264x$T; 264x72x$T", "?x72x$T",
               NARROW("a", "?x264x")
                   NARROW("b", "264x72x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [1] x [0] : "
                                          "(tensor<?x264xbf16>, tensor<264x72xbf16>) -> tensor<?x72xf32>"},
        OpCase{"even_nt", "?x264x$T; 72x264x$T", "?x72x$T",
               NARROW("a", "?x264x")
                   NARROW("b", "72x264x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [1] x [1] : "
                                          "(tensor<?x264xbf16>, tensor<72x264xbf16>) -> tensor<?x72xf32>"},
        OpCase{"even_tn", "?x40x$T; ?x72x$T", "40x72x$T",
               NARROW("a", "?x40x")
                   NARROW("b", "?x72x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [0] x [0] : "
                                        "(tensor<?x40xbf16>, tensor<?x72xbf16>) -> tensor<40x72xf32>"},
        OpCase{"even_batched_nn", "?x40x264x$T; ?x264x72x$T", "?x40x72x$T",
               NARROW("a", "?x40x264x")
                   NARROW("b", "?x264x72x") "$r = sinter.dot_general $ah, $bh batch = [0] x [0] contract = [2] x [1] : "
                                            "(tensor<?x40x264xbf16>, tensor<?x264x72xbf16>) -> tensor<?x40x72xf32>"},
        OpCase{"even_batched_nt", "?x40x264x$T; ?x72x264x$T", "?x40x72x$T",
               NARROW("a", "?x40x264x")
                   NARROW("b", "?x72x264x") "$r = sinter.dot_general $ah, $bh batch = [0] x [0] contract = [2] x [2] : "
                                            "(tensor<?x40x264xbf16>, tensor<?x72x264xbf16>) -> tensor<?x40x72xf32>"},
        OpCase{"even_batched_tn", "?x264x40x$T; ?x264x72x$T", "?x40x72x$T",
               NARROW("a", "?x264x40x")
                   NARROW("b", "?x264x72x") "$r = sinter.dot_general $ah, $bh batch = [0] x [0] contract = [1] x [1] : "
                                            "(tensor<?x264x40xbf16>, tensor<?x264x72xbf16>) -> tensor<?x40x72xf32>"},
        OpCase{"even_batched_tt", "?x264x40x$T; ?x72x264x$T", "?x40x72x$T",
               NARROW("a", "?x264x40x")
                   NARROW("b", "?x72x264x") "$r = sinter.dot_general $ah, $bh batch = [0] x [0] contract = [1] x [2] : "
                                            "(tensor<?x264x40xbf16>, tensor<?x72x264xbf16>) -> tensor<?x40x72xf32>"},
        OpCase{"prime_nn", "?x131x$T; 131x53x$T", "?x53x$T",
               NARROW("a", "?x131x")
                   NARROW("b", "131x53x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [1] x [0] : "
                                          "(tensor<?x131xbf16>, tensor<131x53xbf16>) -> tensor<?x53xf32>"},
        OpCase{"prime_nt", "?x131x$T; 53x131x$T", "?x53x$T",
               NARROW("a", "?x131x")
                   NARROW("b", "53x131x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [1] x [1] : "
                                          "(tensor<?x131xbf16>, tensor<53x131xbf16>) -> tensor<?x53xf32>"},
        OpCase{"prime_tn", "?x37x$T; ?x53x$T", "37x53x$T",
               NARROW("a", "?x37x")
                   NARROW("b", "?x53x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [0] x [0] : "
                                        "(tensor<?x37xbf16>, tensor<?x53xbf16>) -> tensor<37x53xf32>"},
        OpCase{"prime_batched_nn", "?x37x131x$T; ?x131x53x$T", "?x37x53x$T",
               NARROW("a", "?x37x131x")
                   NARROW("b", "?x131x53x") "$r = sinter.dot_general $ah, $bh batch = [0] x [0] contract = [2] x [1] : "
                                            "(tensor<?x37x131xbf16>, tensor<?x131x53xbf16>) -> tensor<?x37x53xf32>"},
        OpCase{"prime_batched_nt", "?x37x131x$T; ?x53x131x$T", "?x37x53x$T",
               NARROW("a", "?x37x131x")
                   NARROW("b", "?x53x131x") "$r = sinter.dot_general $ah, $bh batch = [0] x [0] contract = [2] x [2] : "
                                            "(tensor<?x37x131xbf16>, tensor<?x53x131xbf16>) -> tensor<?x37x53xf32>"},
        OpCase{"prime_batched_tn", "?x131x37x$T; ?x131x53x$T", "?x37x53x$T",
               NARROW("a", "?x131x37x")
                   NARROW("b", "?x131x53x") "$r = sinter.dot_general $ah, $bh batch = [0] x [0] contract = [1] x [1] : "
                                            "(tensor<?x131x37xbf16>, tensor<?x131x53xbf16>) -> tensor<?x37x53xf32>"},
        OpCase{"prime_batched_tt", "?x131x37x$T; ?x53x131x$T", "?x37x53x$T",
               NARROW("a", "?x131x37x")
                   NARROW("b", "?x53x131x") "$r = sinter.dot_general $ah, $bh batch = [0] x [0] contract = [1] x [2] : "
                                            "(tensor<?x131x37xbf16>, tensor<?x53x131xbf16>) -> tensor<?x37x53xf32>"}),
    caseName);

/// Two summed dims that lie in different orders; operands that are computed where they are copied; sums that are so
/// long that they are cut into blocks.
INSTANTIATE_TEST_SUITE_P(
    FormsOfHalves, EveryUseOfHalves,
    testing::Values(
        OpCase{"even_two_sums", "?x3x72x$T; 72x3x40x$T", "?x40x$T",
               NARROW("a", "?x3x72x")
                   NARROW("b", "72x3x40x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [1, 2] x [1, "
                                           "0] : (tensor<?x3x72xbf16>, tensor<72x3x40xbf16>) -> tensor<?x40xf32>"},
        OpCase{"even_of_maps", "?x72x$T; 40x72x$T; 72x$T", "?x40x$T",
               "$x = sinter.relu $a : tensor<?x72x$T>\n$s = sinter.broadcast $c dims = [1] : tensor<72x$T> -> "
               "tensor<40x72x$T>\n$w = sinter.mul $b, $s : tensor<40x72x$T>\n$xh = sinter.convert $x : tensor<?x72x$T> "
               "to tensor<?x72xbf16>\n$wh = sinter.convert $w : tensor<40x72x$T> to tensor<40x72xbf16>\n$r = "
               "sinter.linear $xh, $wh : (tensor<?x72xbf16>, tensor<40x72xbf16>) -> tensor<?x40xf32>"},
        OpCase{
            "even_masked", "?x72xi1; ?x72x$T; 72x40x$T; 72x$T", "?x40x$T",
            "$z = sinter.constant dense<0.5> : tensor<1x72x$T> -> tensor<?x72x$T>\n$x = sinter.select $a, $b, $z : "
            "tensor<?x72x$T>\n$s = sinter.broadcast $d dims = [0] : tensor<72x$T> -> tensor<72x40x$T>\n$w = "
            "sinter.mul $c, $s : tensor<72x40x$T>\n$xh = sinter.convert $x : tensor<?x72x$T> to tensor<?x72xbf16>\n$wh "
            "= sinter.convert $w : tensor<72x40x$T> to tensor<72x40xbf16>\n$r = sinter.dot_general $xh, $wh batch = [] "
            "x [] contract = [1] x [0] : (tensor<?x72xbf16>, tensor<72x40xbf16>) -> tensor<?x40xf32>"},
        OpCase{"even_long", "?x1600x$T; 1600x40x$T", "?x40x$T",
               NARROW("a", "?x1600x")
                   NARROW("b", "1600x40x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [1] x [0] : "
                                           "(tensor<?x1600xbf16>, tensor<1600x40xbf16>) -> tensor<?x40xf32>"},
        OpCase{"odd_long", "?x1547x$T; 37x1547x$T", "?x37x$T",
               NARROW("a", "?x1547x")
                   NARROW("b", "37x1547x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [1] x [1] : "
                                           "(tensor<?x1547xbf16>, tensor<37x1547xbf16>) -> tensor<?x37xf32>"},
        OpCase{"odd_two_sums", "?x5x131x$T; 131x5x19x$T", "?x19x$T",
               NARROW("a", "?x5x131x")
                   NARROW("b", "131x5x19x") "$r = sinter.dot_general $ah, $bh batch = [] x [] contract = [1, 2] x [1, "
                                            "0] : (tensor<?x5x131xbf16>, tensor<131x5x19xbf16>) -> tensor<?x19xf32>"},
        OpCase{
            "odd_of_maps", "?x131x$T; 19x131x$T; 131x$T", "?x19x$T",
            "$x = sinter.relu $a : tensor<?x131x$T>\n$s = sinter.broadcast $c dims = [1] : tensor<131x$T> -> "
            "tensor<19x131x$T>\n$w = sinter.mul $b, $s : tensor<19x131x$T>\n$xh = sinter.convert $x : tensor<?x131x$T> "
            "to tensor<?x131xbf16>\n$wh = sinter.convert $w : tensor<19x131x$T> to tensor<19x131xbf16>\n$r = "
            "sinter.linear $xh, $wh : (tensor<?x131xbf16>, tensor<19x131xbf16>) -> tensor<?x19xf32>"},
        OpCase{"odd_masked", "?x131xi1; ?x131x$T; 131x19x$T; 131x$T", "?x19x$T",
               "$z = sinter.constant dense<0.5> : tensor<1x131x$T> -> tensor<?x131x$T>\n$x = sinter.select $a, $b, $z "
               ": tensor<?x131x$T>\n$s = sinter.broadcast $d dims = [0] : tensor<131x$T> -> tensor<131x19x$T>\n$w "
               "= sinter.mul $c, $s : tensor<131x19x$T>\n$xh = sinter.convert $x : tensor<?x131x$T> to "
               "tensor<?x131xbf16>\n$wh = sinter.convert $w : tensor<131x19x$T> to tensor<131x19xbf16>\n$r = "
               "sinter.dot_general $xh, $wh batch = [] x [] contract = [1] x [0] : (tensor<?x131xbf16>, "
               "tensor<131x19xbf16>) -> tensor<?x19xf32>"}),
    caseName);

} // namespace
