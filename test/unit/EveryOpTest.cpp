// Is every op compiled right, forward and backward, whatever its shapes and options? Small models, one per op, against
// the reference interpreter. What products take with them, and bf16: ProductsTest.cpp.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "EveryOp.h"

namespace {

class EveryOp : public testing::TestWithParam<OpCase> {};

TEST_P(EveryOp, ComputesWhatTheReferenceDoes) {
  for (const char *element : {"f32", "f64"})
    expectAsReference(GetParam(), element);
}

#define UNARY(op) {#op, "?x7x$T", "?x7x$T", "$r = sinter." #op " $a : tensor<?x7x$T>"}
/// Of a positive number.
#define UNARY_OF_SIZE(op)                                                                                              \
  {#op, "?x7x$T", "?x7x$T", "$s = sinter.abs $a : tensor<?x7x$T>\n$r = sinter." #op " $s : tensor<?x7x$T>"}
#define BINARY(op) {#op, "?x7x$T; ?x7x$T", "?x7x$T", "$r = sinter." #op " $a, $b : tensor<?x7x$T>"}
#define INTEGER(op, kind)                                                                                              \
  {#op "_" kind, "?x7x" kind "; ?x7x" kind, "?x7x" kind, "$r = sinter." #op " $a, $b : tensor<?x7x" kind ">"}

INSTANTIATE_TEST_SUITE_P(
    Unary, EveryOp,
    testing::Values(OpCase UNARY(negate), OpCase UNARY(abs), OpCase UNARY(sign), OpCase UNARY(floor), OpCase UNARY(exp),
                    OpCase UNARY(expm1), OpCase UNARY_OF_SIZE(log), OpCase UNARY_OF_SIZE(log1p),
                    OpCase UNARY_OF_SIZE(sqrt), OpCase UNARY_OF_SIZE(rsqrt), OpCase UNARY(sin), OpCase UNARY(cos),
                    OpCase UNARY(tanh), OpCase UNARY(erf), OpCase UNARY(sigmoid), OpCase UNARY(square),
                    OpCase UNARY(relu), OpCase UNARY(silu), OpCase UNARY(leaky_relu), OpCase UNARY(elu),
                    OpCase UNARY(softplus), OpCase UNARY(gelu),
                    OpCase{"gelu_tanh", "?x7x$T", "?x7x$T", "$r = sinter.gelu $a tanh : tensor<?x7x$T>"},
                    OpCase{"leaky_relu_slope", "?x7x$T", "?x7x$T",
                           "$r = sinter.leaky_relu $a slope = 0.3 : tensor<?x7x$T>"},
                    OpCase{"elu_alpha", "?x7x$T", "?x7x$T", "$r = sinter.elu $a alpha = 1.7 : tensor<?x7x$T>"},
                    OpCase{"softplus_beta", "?x7x$T", "?x7x$T",
                           "$r = sinter.softplus $a beta = 3.0 threshold = 1.5 : tensor<?x7x$T>"},
                    OpCase{"dropout", "?x7x$T", "?x7x$T", "$r = sinter.dropout $a rate = 0.4 : tensor<?x7x$T>"},
                    OpCase{"tanh_rank1", "?x$T", "?x$T", "$r = sinter.tanh $a : tensor<?x$T>"},
                    OpCase{"tanh_rank3", "?x3x5x$T", "?x3x5x$T", "$r = sinter.tanh $a : tensor<?x3x5x$T>"},
                    OpCase{"tanh_rank4", "?x3x1x5x$T", "?x3x1x5x$T", "$r = sinter.tanh $a : tensor<?x3x1x5x$T>"},
                    OpCase{"tanh_one_column", "?x1x$T", "?x1x$T", "$r = sinter.tanh $a : tensor<?x1x$T>"},
                    OpCase{"tanh_static", "5x3x$T; ?x3x$T", "?x3x$T",
                           "$t = sinter.tanh $a : tensor<5x3x$T>\n"
                           "$s = sinter.reduce sum $t dims = [0] : tensor<5x3x$T> -> tensor<3x$T>\n"
                           "$u = sinter.broadcast $s dims = [1] : tensor<3x$T> -> tensor<?x3x$T>\n"
                           "$r = sinter.mul $u, $b : tensor<?x3x$T>"}),
    caseName);

INSTANTIATE_TEST_SUITE_P(
    Binary, EveryOp,
    testing::Values(OpCase BINARY(add), OpCase BINARY(sub), OpCase BINARY(mul), OpCase BINARY(div), OpCase BINARY(max),
                    OpCase BINARY(min),
                    OpCase{"pow", "?x7x$T; ?x7x$T", "?x7x$T",
                           "$s = sinter.abs $a : tensor<?x7x$T>\n$r = sinter.pow $s, $b : tensor<?x7x$T>"},
                    OpCase INTEGER(add, "i32"), OpCase INTEGER(sub, "i32"), OpCase INTEGER(mul, "i32"),
                    OpCase INTEGER(max, "i32"), OpCase INTEGER(min, "i32"), OpCase INTEGER(div, "i32"),
                    OpCase INTEGER(add, "i64"), OpCase INTEGER(sub, "i64"), OpCase INTEGER(mul, "i64"),
                    OpCase INTEGER(max, "i64"), OpCase INTEGER(min, "i64"), OpCase INTEGER(div, "i64"),
                    OpCase INTEGER(add, "i8"), OpCase INTEGER(sub, "i8"), OpCase INTEGER(mul, "i8"),
                    OpCase INTEGER(max, "i8"), OpCase INTEGER(min, "i8"), OpCase INTEGER(div, "i8"),
                    OpCase{"div_overflow", "?x7x$T", "?x7xi32",
                           R"($c = sinter.constant dense<-2147483648> : tensor<1x7xi32> -> tensor<?x7xi32>
$d = sinter.constant dense<-1> : tensor<1x7xi32> -> tensor<?x7xi32>
$i = sinter.iota dim = 1 : tensor<?x7xi32>
$e = sinter.add $d, $i : tensor<?x7xi32>
$m = sinter.max $e, $i : tensor<?x7xi32>
$f = sinter.mul $d, $m : tensor<?x7xi32>
$g = sinter.min $d, $f : tensor<?x7xi32>
$r = sinter.div $c, $g : tensor<?x7xi32>)"},
                    OpCase INTEGER(add, "i1"), OpCase INTEGER(sub, "i1"), OpCase INTEGER(mul, "i1"),
                    OpCase INTEGER(max, "i1"), OpCase INTEGER(min, "i1"),
                    OpCase{"given_i32", "=?x7xi32; =?x7xi32", "?x7xi32", "$r = sinter.add $a, $b : tensor<?x7xi32>"},
                    OpCase{"given_i64", "=?xi64; =?xi64", "?xi64", "$r = sinter.mul $a, $b : tensor<?xi64>"},
                    OpCase{"given_i8", "=?x7xi8; =?x7xi8", "?x7xi8", "$r = sinter.sub $a, $b : tensor<?x7xi8>"},
                    OpCase{"given_i1", "=?x7xi1; =?x7xi1", "?x7xi1", "$r = sinter.max $a, $b : tensor<?x7xi1>"}),
    caseName);

#define COMPARE(kind, type)                                                                                            \
  OpCase{"compare_" #kind "_" type, "?x7x" type "; ?x7x" type, "?x7xi1",                                               \
         "$r = sinter.compare " #kind ", $a, $b : tensor<?x7x" type ">"}
#define COMPARE_FLOAT(kind)                                                                                            \
  OpCase{"compare_" #kind, "?x7x$T; ?x7x$T", "?x7xi1", "$r = sinter.compare " #kind ", $a, $b : tensor<?x7x$T>"}
#define SELECT(type)                                                                                                   \
  OpCase{"select_" type, "?x7xi1; ?x7x" type "; ?x7x" type, "?x7x" type,                                               \
         "$r = sinter.select $a, $b, $c : tensor<?x7x" type ">"}

INSTANTIATE_TEST_SUITE_P(Choice, EveryOp,
                         testing::Values(COMPARE_FLOAT(eq), COMPARE_FLOAT(ne), COMPARE_FLOAT(lt), COMPARE_FLOAT(le),
                                         COMPARE_FLOAT(gt), COMPARE_FLOAT(ge), COMPARE(eq, "i32"), COMPARE(ne, "i32"),
                                         COMPARE(lt, "i32"), COMPARE(le, "i64"), COMPARE(gt, "i64"), COMPARE(ge, "i8"),
                                         COMPARE(lt, "i8"), COMPARE(eq, "i1"), COMPARE(ne, "i1"), COMPARE(lt, "i1"),
                                         COMPARE(le, "i1"), COMPARE(gt, "i1"), COMPARE(ge, "i1"),
                                         OpCase{"select", "?x7xi1; ?x7x$T; ?x7x$T", "?x7x$T",
                                                "$r = sinter.select $a, $b, $c : tensor<?x7x$T>"},
                                         SELECT("i32"), SELECT("i64"), SELECT("i8"), SELECT("i1")),
                         caseName);

/// From each type to each other one.
std::vector<OpCase> conversions() {
  static std::vector<std::string> texts; // where the cases point to
  std::vector<OpCase> cases;
  const char *types[] = {"f32", "f64", "i1", "i8", "i32", "i64"};
  texts.reserve(5 * 36);
  auto keep = [](const std::string &text) { return texts.emplace_back(text).c_str(); };
  for (const std::string from : types)
    for (const std::string to : types) {
      const bool isFloat = from[0] == 'f';
      const std::string source = isFloat ? "$T" : from;
      std::string body;
      if (isFloat)
        body = "$k = sinter.constant dense<37.0> : tensor<1x7x$T> -> tensor<?x7x$T>\n"
               "$m = sinter.mul $a, $k : tensor<?x7x$T>\n"
               "$f = sinter.convert $m : tensor<?x7x$T> to tensor<?x7x" +
               from + ">\n";
      body += std::string("$r = sinter.convert ") + (isFloat ? "$f" : "$a") + " : tensor<?x7x" + from +
              "> to tensor<?x7x" + to + ">";
      cases.push_back({keep(from + "_to_" + to), keep("?x7x" + source), keep("?x7x" + to), keep(body)});
    }
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Convert, EveryOp, testing::ValuesIn(conversions()), caseName);

/// Every set of dimensions of tensors of rank 1 to 4.
std::vector<OpCase> reductions() {
  static std::vector<std::string> texts;
  texts.reserve(4 * 200);
  std::vector<OpCase> cases;
  auto keep = [](const std::string &text) { return texts.emplace_back(text).c_str(); };
  const char *extents[] = {"?x", "6x", "3x", "5x"};
  for (int rank = 1; rank <= 4; ++rank)
    for (int set = 0; set < 1 << rank; ++set) {
      std::string input, result, dims, name = "_rank" + std::to_string(rank) + "_dims";
      for (int d = 0; d < rank; ++d) {
        input += extents[d];
        if (set >> d & 1) {
          dims += (dims.empty() ? "" : ", ") + std::to_string(d);
          name += std::to_string(d);
        } else {
          result += extents[d];
        }
      }
      auto add = [&](const std::string &kind, const std::string &type, const std::string &suffix) {
        cases.push_back({keep(kind + name + suffix), keep(input + type), keep(result + type),
                         keep("$r = sinter.reduce " + kind + " $a dims = [" + dims + "] : tensor<" + input + type +
                              "> -> tensor<" + result + type + ">")});
      };
      add("sum", "$T", "");
      add("max", "$T", "");
      if (rank == 2 || rank == 3)
        add("mean", "$T", "");
      if (rank != 3)
        continue;
      add("sum", "i32", "_i32");
      add("max", "i64", "_i64");
      add("sum", "i8", "_i8");
      add("max", "i1", "_i1");
      add("sum", "i1", "_i1");
    }
  return cases;
}
INSTANTIATE_TEST_SUITE_P(Reduce, EveryOp, testing::ValuesIn(reductions()), caseName);

INSTANTIATE_TEST_SUITE_P(
    Products, EveryOp,
    testing::Values(
        OpCase{"linear", "?x6x$T; 5x6x$T; 5x$T", "?x5x$T",
               "$r = sinter.linear $a, $b, $c : (tensor<?x6x$T>, tensor<5x6x$T>, tensor<5x$T>) -> tensor<?x5x$T>"},
        OpCase{"linear_no_bias", "?x6x$T; 5x6x$T", "?x5x$T",
               "$r = sinter.linear $a, $b : (tensor<?x6x$T>, tensor<5x6x$T>) -> tensor<?x5x$T>"},
        OpCase{"linear_rank1", "6x$T; 5x6x$T; ?x5x$T", "?x5x$T",
               "$s = sinter.linear $a, $b : (tensor<6x$T>, tensor<5x6x$T>) -> tensor<5x$T>\n$u = sinter.broadcast $s "
               "dims = [1] : tensor<5x$T> -> tensor<?x5x$T>\n$r = sinter.mul $u, $c : tensor<?x5x$T>"},
        OpCase{"linear_rank3", "?x3x6x$T; 5x6x$T; 5x$T", "?x3x5x$T",
               "$r = sinter.linear $a, $b, $c : (tensor<?x3x6x$T>, tensor<5x6x$T>, tensor<5x$T>) -> tensor<?x3x5x$T>"},
        OpCase{"linear_one_to_one", "?x1x$T; 1x1x$T; 1x$T", "?x1x$T",
               "$r = sinter.linear $a, $b, $c : (tensor<?x1x$T>, tensor<1x1x$T>, tensor<1x$T>) -> tensor<?x1x$T>"},
        OpCase{"dot_right", "?x6x$T; 6x5x$T", "?x5x$T",
               "$r = sinter.dot_general $a, $b batch = [] x [] contract = [1] x [0] : (tensor<?x6x$T>, tensor<6x5x$T>) "
               "-> tensor<?x5x$T>"},
        OpCase{"dot_vector", "?x6x$T; 6x$T", "?x$T",
               "$r = sinter.dot_general $a, $b batch = [] x [] contract = [1] x [0] : (tensor<?x6x$T>, tensor<6x$T>) "
               "-> tensor<?x$T>"},
        OpCase{"dot_over_rows", "?x6x$T; ?x5x$T", "6x5x$T",
               "$r = sinter.dot_general $a, $b batch = [] x [] contract = [0] x [0] : (tensor<?x6x$T>, tensor<?x5x$T>) "
               "-> tensor<6x5x$T>"},
        OpCase{"dot_outer", "?x$T; 5x$T", "?x5x$T",
               "$r = sinter.dot_general $a, $b batch = [] x [] contract = [] x [] : (tensor<?x$T>, tensor<5x$T>) -> "
               "tensor<?x5x$T>"},
        OpCase{"dot_all", "?x6x$T; ?x6x$T", "$T",
               "$r = sinter.dot_general $a, $b batch = [] x [] contract = [0, 1] x [0, 1] : (tensor<?x6x$T>, "
               "tensor<?x6x$T>) -> tensor<$T>"},
        OpCase{"dot_rows", "?x6x$T; ?x6x$T", "?x$T",
               "$r = sinter.dot_general $a, $b batch = [0] x [0] contract = [1] x [1] : (tensor<?x6x$T>, "
               "tensor<?x6x$T>) -> tensor<?x$T>"},
        OpCase{"dot_batch", "?x3x4x$T; ?x4x5x$T", "?x3x5x$T",
               "$r = sinter.dot_general $a, $b batch = [0] x [0] contract = [2] x [1] : (tensor<?x3x4x$T>, "
               "tensor<?x4x5x$T>) -> tensor<?x3x5x$T>"},
        OpCase{"dot_batch_transposed", "?x4x3x$T; ?x5x4x$T", "?x3x5x$T",
               "$r = sinter.dot_general $a, $b batch = [0] x [0] contract = [1] x [2] : (tensor<?x4x3x$T>, "
               "tensor<?x5x4x$T>) -> tensor<?x3x5x$T>"},
        OpCase{"dot_scores", "?x2x7x3x$T; ?x2x7x3x$T", "?x2x7x7x$T",
               "$r = sinter.dot_general $a, $b batch = [0, 1] x [0, 1] contract = [3] x [3] : (tensor<?x2x7x3x$T>, "
               "tensor<?x2x7x3x$T>) -> tensor<?x2x7x7x$T>"},
        OpCase{"dot_heads_inside", "?x7x2x3x$T; ?x7x2x3x$T", "?x2x7x7x$T",
               "$r = sinter.dot_general $a, $b batch = [0, 2] x [0, 2] contract = [3] x [3] : (tensor<?x7x2x3x$T>, "
               "tensor<?x7x2x3x$T>) -> tensor<?x2x7x7x$T>"},
        OpCase{"dot_two_contracted", "?x3x4x$T; 3x4x5x$T", "?x5x$T",
               "$r = sinter.dot_general $a, $b batch = [] x [] contract = [1, 2] x [0, 1] : (tensor<?x3x4x$T>, "
               "tensor<3x4x5x$T>) -> tensor<?x5x$T>"},
        OpCase{"dot_two_crossed", "?x3x4x$T; 4x3x5x$T", "?x5x$T",
               "$r = sinter.dot_general $a, $b batch = [] x [] contract = [1, 2] x [1, 0] : (tensor<?x3x4x$T>, "
               "tensor<4x3x5x$T>) -> tensor<?x5x$T>"},
        OpCase{"dot_middle", "?x3x4x$T; 5x3x$T", "?x4x5x$T",
               "$r = sinter.dot_general $a, $b batch = [] x [] contract = [1] x [1] : (tensor<?x3x4x$T>, "
               "tensor<5x3x$T>) -> tensor<?x4x5x$T>"},
        OpCase{"dot_batch_only", "?x4x$T; ?x4x$T", "?x4x$T",
               "$r = sinter.dot_general $a, $b batch = [0, 1] x [0, 1] contract = [] x [] : (tensor<?x4x$T>, "
               "tensor<?x4x$T>) -> tensor<?x4x$T>"},
        OpCase{"dot_batch_outer", "?x4x$T; ?x5x$T", "?x4x5x$T",
               "$r = sinter.dot_general $a, $b batch = [0] x [0] contract = [] x [] : (tensor<?x4x$T>, tensor<?x5x$T>) "
               "-> tensor<?x4x5x$T>"},
        OpCase{"dot_batch_second_back", "?x4x3x$T; 4x3x5x$T", "?x4x5x$T",
               "$t = sinter.dot_general $a, $b batch = [1] x [0] contract = [2] x [1] : (tensor<?x4x3x$T>, "
               "tensor<4x3x5x$T>) -> tensor<4x?x5x$T>\n$r = sinter.transpose $t [1, 0, 2] : tensor<4x?x5x$T> -> "
               "tensor<?x4x5x$T>"},
        OpCase{"dot_same_operand", "?x4x$T", "?x$T",
               "$r = sinter.dot_general $a, $a batch = [0] x [0] contract = [1] x [1] : (tensor<?x4x$T>, "
               "tensor<?x4x$T>) -> tensor<?x$T>"},
        OpCase{"dot_gram", "?x4x$T", "4x4x$T",
               "$r = sinter.dot_general $a, $a batch = [] x [] contract = [0] x [0] : (tensor<?x4x$T>, tensor<?x4x$T>) "
               "-> tensor<4x4x$T>"},
        OpCase{"dot_static", "3x4x$T; 4x5x$T; ?x3x$T", "?x5x$T",
               "$s = sinter.dot_general $a, $b batch = [] x [] contract = [1] x [0] : (tensor<3x4x$T>, tensor<4x5x$T>) "
               "-> tensor<3x5x$T>\n$r = sinter.dot_general $c, $s batch = [] x [] contract = [1] x [0] : "
               "(tensor<?x3x$T>, tensor<3x5x$T>) -> tensor<?x5x$T>"}),
    caseName);

INSTANTIATE_TEST_SUITE_P(
    Movement, EveryOp,
    testing::Values(
        OpCase{"broadcast_scalar", "$T; ?x7x$T", "?x7x$T",
               "$s = sinter.broadcast $a dims = [] : tensor<$T> -> tensor<?x7x$T>\n$r = sinter.mul $s, $b : "
               "tensor<?x7x$T>"},
        OpCase{"broadcast_scalar_alone", "$T; ?x2x$T", "?x7x$T",
               "$r = sinter.broadcast $a dims = [] : tensor<$T> -> tensor<?x7x$T>"},
        OpCase{"broadcast_row", "7x$T; ?x2x$T", "?x7x$T",
               "$r = sinter.broadcast $a dims = [1] : tensor<7x$T> -> tensor<?x7x$T>"},
        OpCase{"broadcast_column", "?x$T", "?x7x$T",
               "$r = sinter.broadcast $a dims = [0] : tensor<?x$T> -> tensor<?x7x$T>"},
        OpCase{"broadcast_middle", "3x$T; ?x2x$T", "?x3x5x$T",
               "$r = sinter.broadcast $a dims = [1] : tensor<3x$T> -> tensor<?x3x5x$T>"},
        OpCase{"broadcast_outer", "?x5x$T", "?x3x5x$T",
               "$r = sinter.broadcast $a dims = [0, 2] : tensor<?x5x$T> -> tensor<?x3x5x$T>"},
        OpCase{"broadcast_rank4", "?x3x$T", "?x2x3x5x$T",
               "$r = sinter.broadcast $a dims = [0, 2] : tensor<?x3x$T> -> tensor<?x2x3x5x$T>"},
        OpCase{"broadcast_i32", "?xi32", "?x7xi32",
               "$r = sinter.broadcast $a dims = [0] : tensor<?xi32> -> tensor<?x7xi32>"},
        OpCase{"broadcast_i1", "?xi1", "?x7xi1",
               "$r = sinter.broadcast $a dims = [0] : tensor<?xi1> -> tensor<?x7xi1>"},
        OpCase{"transpose_there_and_back", "?x6x$T", "?x6x$T",
               "$t = sinter.transpose $a [1, 0] : tensor<?x6x$T> -> tensor<6x?x$T>\n$e = sinter.exp $t : "
               "tensor<6x?x$T>\n$r = sinter.transpose $e [1, 0] : tensor<6x?x$T> -> tensor<?x6x$T>"},
        OpCase{"transpose_static", "5x6x$T; ?x5x$T", "?x6x$T",
               "$t = sinter.transpose $a [1, 0] : tensor<5x6x$T> -> tensor<6x5x$T>\n$r = sinter.linear $b, $t : "
               "(tensor<?x5x$T>, tensor<6x5x$T>) -> tensor<?x6x$T>"},
        OpCase{"transpose_021", "?x3x5x$T", "?x5x3x$T",
               "$r = sinter.transpose $a [0, 2, 1] : tensor<?x3x5x$T> -> tensor<?x5x3x$T>"},
        OpCase{"transpose_large", "?x33x40x$T", "?x40x33x$T",
               "$r = sinter.transpose $a [0, 2, 1] : tensor<?x33x40x$T> -> tensor<?x40x33x$T>"},
        OpCase{"transpose_120_reduced", "?x3x5x$T", "3x5x$T",
               "$t = sinter.transpose $a [1, 2, 0] : tensor<?x3x5x$T> -> tensor<3x5x?x$T>\n$r = sinter.reduce sum $t "
               "dims = [2] : tensor<3x5x?x$T> -> tensor<3x5x$T>"},
        OpCase{"transpose_102", "?x3x5x$T", "?x3x5x$T",
               "$t = sinter.transpose $a [1, 0, 2] : tensor<?x3x5x$T> -> tensor<3x?x5x$T>\n$s = sinter.softmax $t dim "
               "= 0 : tensor<3x?x5x$T>\n$r = sinter.transpose $s [1, 0, 2] : tensor<3x?x5x$T> -> tensor<?x3x5x$T>"},
        OpCase{"transpose_0213", "?x3x4x5x$T", "?x4x3x5x$T",
               "$r = sinter.transpose $a [0, 2, 1, 3] : tensor<?x3x4x5x$T> -> tensor<?x4x3x5x$T>"},
        OpCase{"transpose_0321", "?x3x4x5x$T", "?x5x4x3x$T",
               "$r = sinter.transpose $a [0, 3, 2, 1] : tensor<?x3x4x5x$T> -> tensor<?x5x4x3x$T>"},
        OpCase{"transpose_0231", "?x3x4x5x$T", "?x4x5x3x$T",
               "$r = sinter.transpose $a [0, 2, 3, 1] : tensor<?x3x4x5x$T> -> tensor<?x4x5x3x$T>"},
        OpCase{"transpose_i64", "?x3x5xi64", "?x5x3xi64",
               "$r = sinter.transpose $a [0, 2, 1] : tensor<?x3x5xi64> -> tensor<?x5x3xi64>"},
        OpCase{"transpose_i1", "?x3x5xi1", "?x5x3xi1",
               "$r = sinter.transpose $a [0, 2, 1] : tensor<?x3x5xi1> -> tensor<?x5x3xi1>"},
        OpCase{"reshape_flatten", "?x3x5x$T", "?x15x$T",
               "$r = sinter.reshape $a : tensor<?x3x5x$T> -> tensor<?x15x$T>"},
        OpCase{"reshape_unflatten", "?x15x$T", "?x3x5x$T",
               "$r = sinter.reshape $a : tensor<?x15x$T> -> tensor<?x3x5x$T>"},
        OpCase{"reshape_regroup", "?x6x5x$T", "?x10x3x$T",
               "$r = sinter.reshape $a : tensor<?x6x5x$T> -> tensor<?x10x3x$T>"},
        OpCase{"reshape_ones", "?x7x$T", "?x1x7x1x$T", "$r = sinter.reshape $a : tensor<?x7x$T> -> tensor<?x1x7x1x$T>"},
        OpCase{"reshape_drop", "?x1x$T", "?x$T", "$r = sinter.reshape $a : tensor<?x1x$T> -> tensor<?x$T>"},
        OpCase{"reshape_add", "?x$T", "?x1x$T", "$r = sinter.reshape $a : tensor<?x$T> -> tensor<?x1x$T>"},
        OpCase{"reshape_static", "2x3x$T; ?x6x$T", "?x6x$T",
               "$s = sinter.reshape $a : tensor<2x3x$T> -> tensor<6x$T>\n$t = sinter.broadcast $s dims = [1] : "
               "tensor<6x$T> -> tensor<?x6x$T>\n$r = sinter.mul $t, $b : tensor<?x6x$T>"},
        OpCase{"reshape_scalar", "1x1x$T; ?x6x$T", "?x6x$T",
               "$s = sinter.reshape $a : tensor<1x1x$T> -> tensor<$T>\n$t = sinter.broadcast $s dims = [] : tensor<$T> "
               "-> tensor<?x6x$T>\n$r = sinter.mul $t, $b : tensor<?x6x$T>"},
        OpCase{"reshape_then_linear", "?x2x3x$T; 4x6x$T", "?x4x$T",
               "$s = sinter.reshape $a : tensor<?x2x3x$T> -> tensor<?x6x$T>\n$r = sinter.linear $s, $b : "
               "(tensor<?x6x$T>, tensor<4x6x$T>) -> tensor<?x4x$T>"},
        OpCase{"reshape_of_linear", "?x3x$T; 6x3x$T", "?x2x3x$T",
               "$s = sinter.linear $a, $b : (tensor<?x3x$T>, tensor<6x3x$T>) -> tensor<?x6x$T>\n$r = sinter.reshape $s "
               ": tensor<?x6x$T> -> tensor<?x2x3x$T>"},
        OpCase{"slice", "?x7x$T", "?x3x$T", "$r = sinter.slice $a [0:-1:1, 2:5:1] : tensor<?x7x$T> -> tensor<?x3x$T>"},
        OpCase{"slice_strides", "?x17x$T", "?x5x$T",
               "$r = sinter.slice $a [0:-1:1, 1:15:3] : tensor<?x17x$T> -> tensor<?x5x$T>"},
        OpCase{"slice_two", "?x7x9x$T", "?x3x4x$T",
               "$r = sinter.slice $a [0:-1:1, 0:6:2, 2:9:2] : tensor<?x7x9x$T> -> tensor<?x3x4x$T>"},
        OpCase{"slice_one", "?x7x$T", "?x1x$T",
               "$r = sinter.slice $a [0:-1:1, 6:7:1] : tensor<?x7x$T> -> tensor<?x1x$T>"},
        OpCase{"slice_static", "6x4x$T; ?x4x$T", "?x3x$T",
               "$s = sinter.slice $a [0:6:2, 0:4:1] : tensor<6x4x$T> -> tensor<3x4x$T>\n$r = sinter.linear $b, $s : "
               "(tensor<?x4x$T>, tensor<3x4x$T>) -> tensor<?x3x$T>"},
        OpCase{"slice_i32", "?x7xi32", "?x3xi32",
               "$r = sinter.slice $a [0:-1:1, 1:7:2] : tensor<?x7xi32> -> tensor<?x3xi32>"},
        OpCase{"pad", "?x5x$T", "?x8x$T",
               "$r = sinter.pad $a value = 0.0 low = [0, 1] high = [0, 2] interior = [0, 0] : tensor<?x5x$T> -> "
               "tensor<?x8x$T>"},
        OpCase{"pad_interior", "?x5x$T", "?x16x$T",
               "$r = sinter.pad $a value = 1.5 low = [0, 1] high = [0, 2] interior = [0, 2] : tensor<?x5x$T> -> "
               "tensor<?x16x$T>"},
        OpCase{"pad_two", "?x3x4x$T", "?x7x6x$T",
               "$r = sinter.pad $a value = -2.5 low = [0, 1, 0] high = [0, 1, 2] interior = [0, 1, 0] : "
               "tensor<?x3x4x$T> -> tensor<?x7x6x$T>"},
        OpCase{"pad_static", "3x4x$T; ?x6x$T", "?x5x$T",
               "$s = sinter.pad $a value = 0.5 low = [1, 0] high = [1, 2] interior = [0, 0] : tensor<3x4x$T> -> "
               "tensor<5x6x$T>\n$r = sinter.linear $b, $s : (tensor<?x6x$T>, tensor<5x6x$T>) -> tensor<?x5x$T>"},
        OpCase{"pad_of_nothing", "?x7x$T", "?x3x$T",
               "$n = sinter.slice $a [0:-1:1, 3:3:1] : tensor<?x7x$T> -> tensor<?x0x$T>\n$r = sinter.pad $n value = "
               "0.5 low = [0, 1] high = [0, 2] interior = [0, 2] : tensor<?x0x$T> -> tensor<?x3x$T>"},
        OpCase{"pad_i8", "?x5xi8", "?x8xi8",
               "$r = sinter.pad $a value = 3.0 low = [0, 1] high = [0, 2] interior = [0, 0] : tensor<?x5xi8> -> "
               "tensor<?x8xi8>"},
        OpCase{"pad_i1", "?x5xi1", "?x12xi1",
               "$r = sinter.pad $a value = 1.0 low = [0, 1] high = [0, 2] interior = [0, 1] : tensor<?x5xi1> -> "
               "tensor<?x12xi1>"},
        OpCase{"concatenate", "?x2x$T; ?x3x$T", "?x5x$T",
               "$r = sinter.concatenate $a, $b dim = 1 : (tensor<?x2x$T>, tensor<?x3x$T>) -> tensor<?x5x$T>"},
        OpCase{"concatenate_three", "?x2x$T; ?x19x$T; ?x1x$T", "?x22x$T",
               "$r = sinter.concatenate $a, $b, $c dim = 1 : (tensor<?x2x$T>, tensor<?x19x$T>, tensor<?x1x$T>) -> "
               "tensor<?x22x$T>"},
        OpCase{"concatenate_one", "?x5x$T", "?x5x$T",
               "$r = sinter.concatenate $a dim = 1 : (tensor<?x5x$T>) -> tensor<?x5x$T>"},
        OpCase{"concatenate_twice", "?x5x$T", "?x10x$T",
               "$r = sinter.concatenate $a, $a dim = 1 : (tensor<?x5x$T>, tensor<?x5x$T>) -> tensor<?x10x$T>"},
        OpCase{"concatenate_middle", "?x2x4x$T; ?x3x4x$T", "?x5x4x$T",
               "$r = sinter.concatenate $a, $b dim = 1 : (tensor<?x2x4x$T>, tensor<?x3x4x$T>) -> tensor<?x5x4x$T>"},
        OpCase{"concatenate_empty", "?x5x$T", "?x5x$T",
               "$n = sinter.slice $a [0:-1:1, 3:3:1] : tensor<?x5x$T> -> tensor<?x0x$T>\n$r = sinter.concatenate $n, "
               "$a dim = 1 : (tensor<?x0x$T>, tensor<?x5x$T>) -> tensor<?x5x$T>"},
        OpCase{"concatenate_i64", "?x2xi64; ?x3xi64", "?x5xi64",
               "$r = sinter.concatenate $a, $b dim = 1 : (tensor<?x2xi64>, tensor<?x3xi64>) -> tensor<?x5xi64>"},
        OpCase{"reduce_of_nothing", "?x7x$T", "?x$T",
               "$n = sinter.slice $a [0:-1:1, 3:3:1] : tensor<?x7x$T> -> tensor<?x0x$T>\n$r = sinter.reduce sum $n "
               "dims = [1] : tensor<?x0x$T> -> tensor<?x$T>"},
        OpCase{"linear_of_nothing", "?x7x$T; 4x3x$T", "?x4x$T",
               "$n = sinter.slice $a [0:-1:1, 3:3:1] : tensor<?x7x$T> -> tensor<?x0x$T>\n"
               "$m = sinter.slice $b [0:4:1, 3:3:1] : tensor<4x3x$T> -> tensor<4x0x$T>\n"
               "$z = sinter.linear $n, $m : (tensor<?x0x$T>, tensor<4x0x$T>) -> tensor<?x4x$T>\n"
               "$s = sinter.slice $a [0:-1:1, 2:5:1] : tensor<?x7x$T> -> tensor<?x3x$T>\n"
               "$y = sinter.linear $s, $b : (tensor<?x3x$T>, tensor<4x3x$T>) -> tensor<?x4x$T>\n"
               "$r = sinter.add $y, $z : tensor<?x4x$T>"}),
    caseName);

INSTANTIATE_TEST_SUITE_P(
    Generated, EveryOp,
    testing::Values(
        OpCase{"constant", "?x3x$T", "?x3x$T",
               "$k = sinter.constant dense<[1.5, -2.5, 3.25]> : tensor<3x$T> -> tensor<3x$T>\n$t = sinter.broadcast $k "
               "dims = [1] : tensor<3x$T> -> tensor<?x3x$T>\n$r = sinter.mul $t, $a : tensor<?x3x$T>"},
        OpCase{"constant_alone", "?x3x$T", "?x3x$T",
               "$r = sinter.constant dense<1.5> : tensor<1x3x$T> -> tensor<?x3x$T>"},
        OpCase{"constant_matrix", "?x2x$T", "?x3x$T",
               "$k = sinter.constant dense<[[1.5, -2.5], [3.25, 0.5], [1.0, 2.0]]> : tensor<3x2x$T> -> "
               "tensor<3x2x$T>\n$r = sinter.linear $a, $k : (tensor<?x2x$T>, tensor<3x2x$T>) -> tensor<?x3x$T>"},
        OpCase{"constant_i1", "?x3xi1", "?x3xi1",
               "$k = sinter.constant dense<[true, false, true]> : tensor<3xi1> -> tensor<3xi1>\n$t = sinter.broadcast "
               "$k dims = [1] : tensor<3xi1> -> tensor<?x3xi1>\n$r = sinter.mul $t, $a : tensor<?x3xi1>"},
        OpCase{
            "constant_i64", "?x3xi64", "?x3xi64",
            "$k = sinter.constant dense<[5000000000, -2, 3]> : tensor<3xi64> -> tensor<3xi64>\n$t = sinter.broadcast "
            "$k dims = [1] : tensor<3xi64> -> tensor<?x3xi64>\n$r = sinter.add $t, $a : tensor<?x3xi64>"},
        OpCase{"batch_size", "?x3x$T", "?x3x$T",
               "$n = sinter.batch_size : tensor<$T>\n$t = sinter.broadcast $n dims = [] : tensor<$T> -> "
               "tensor<?x3x$T>\n$r = sinter.mul $t, $a : tensor<?x3x$T>"},
        OpCase{"batch_size_alone", "?x3x$T", "$T", "$r = sinter.batch_size : tensor<$T>"},
        OpCase{"iota_rows", "?x7x$T", "?x7xi32", "$r = sinter.iota dim = 0 : tensor<?x7xi32>"},
        OpCase{"iota_columns", "?x7x$T", "?x7xi64", "$r = sinter.iota dim = 1 : tensor<?x7xi64>"},
        OpCase{"iota_float", "?x3x7x$T", "?x3x7x$T",
               "$i = sinter.iota dim = 1 : tensor<?x3x7x$T>\n$r = sinter.mul $i, $a : tensor<?x3x7x$T>"},
        OpCase{"iota_i8", "?x3x$T", "?x3xi8", "$r = sinter.iota dim = 1 : tensor<?x3xi8>"},
        OpCase{"random_bits", "?x7x$T", "?x7xi32",
               "$s = sinter.constant dense<5> : tensor<i64> -> tensor<i64>\n$t = sinter.constant dense<-7> : "
               "tensor<i64> -> tensor<i64>\n$r = sinter.random_bits $s, $t stream = 12345678901 : tensor<?x7xi32>"},
        OpCase{"random_bits_static", "?x7x$T", "?x7xi32",
               "$s = sinter.constant dense<5> : tensor<i64> -> tensor<i64>\n$w = sinter.random_bits $s, $s stream = 3 "
               ": tensor<7xi32>\n$r = sinter.broadcast $w dims = [1] : tensor<7xi32> -> tensor<?x7xi32>"}),
    caseName);

INSTANTIATE_TEST_SUITE_P(
    Composite, EveryOp,
    testing::Values(
        OpCase{"softmax", "?x7x$T", "?x7x$T", "$r = sinter.softmax $a dim = 1 : tensor<?x7x$T>"},
        OpCase{"softmax_rank3_last", "?x3x5x$T", "?x3x5x$T", "$r = sinter.softmax $a dim = 2 : tensor<?x3x5x$T>"},
        OpCase{"softmax_rank3_middle", "?x3x5x$T", "?x3x5x$T", "$r = sinter.softmax $a dim = 1 : tensor<?x3x5x$T>"},
        OpCase{"softmax_rank4", "?x2x3x5x$T", "?x2x3x5x$T", "$r = sinter.softmax $a dim = 3 : tensor<?x2x3x5x$T>"},
        OpCase{"softmax_rank4_second", "?x2x3x5x$T", "?x2x3x5x$T",
               "$r = sinter.softmax $a dim = 1 : tensor<?x2x3x5x$T>"},
        OpCase{"softmax_one", "?x1x$T", "?x1x$T", "$r = sinter.softmax $a dim = 1 : tensor<?x1x$T>"},
        OpCase{"log_softmax", "?x7x$T", "?x7x$T", "$r = sinter.log_softmax $a dim = 1 : tensor<?x7x$T>"},
        OpCase{"log_softmax_rank3_middle", "?x3x5x$T", "?x3x5x$T",
               "$r = sinter.log_softmax $a dim = 1 : tensor<?x3x5x$T>"},
        OpCase{"layer_norm", "?x7x$T; 7x$T; 7x$T", "?x7x$T",
               "$r = sinter.layer_norm $a, $b, $c : tensor<?x7x$T>, tensor<7x$T>"},
        OpCase{"layer_norm_rank1", "7x$T; 7x$T; 7x$T; ?x7x$T", "?x7x$T",
               "$s = sinter.layer_norm $a, $b, $c : tensor<7x$T>, tensor<7x$T>\n$t = sinter.broadcast $s dims = [1] : "
               "tensor<7x$T> -> tensor<?x7x$T>\n$r = sinter.mul $t, $d : tensor<?x7x$T>"},
        OpCase{"layer_norm_rank3", "?x3x5x$T; 5x$T; 5x$T", "?x3x5x$T",
               "$r = sinter.layer_norm $a, $b, $c epsilon = 1.0e-3 : tensor<?x3x5x$T>, tensor<5x$T>"},
        OpCase{"rms_norm", "?x7x$T; 7x$T", "?x7x$T", "$r = sinter.rms_norm $a, $b : tensor<?x7x$T>, tensor<7x$T>"},
        OpCase{"rms_norm_rank4", "?x2x3x5x$T; 5x$T", "?x2x3x5x$T",
               "$r = sinter.rms_norm $a, $b epsilon = 1.0e-3 : tensor<?x2x3x5x$T>, tensor<5x$T>"},
        OpCase{"mse_loss", "?x7x$T; ?x7x$T", "$T",
               "$r = sinter.mse_loss $a, $b : (tensor<?x7x$T>, tensor<?x7x$T>) -> tensor<$T>"},
        OpCase{"mse_loss_sum", "?x7x$T; ?x7x$T", "$T",
               "$r = sinter.mse_loss $a, $b sum : (tensor<?x7x$T>, tensor<?x7x$T>) -> tensor<$T>"},
        OpCase{"l1_loss", "?x7x$T; ?x7x$T", "$T",
               "$r = sinter.l1_loss $a, $b : (tensor<?x7x$T>, tensor<?x7x$T>) -> tensor<$T>"},
        OpCase{"l1_loss_rank1", "?x$T; ?x$T", "$T",
               "$r = sinter.l1_loss $a, $b sum : (tensor<?x$T>, tensor<?x$T>) -> tensor<$T>"},
        OpCase{"bce", "?x7x$T; ?x7x$T", "$T",
               "$r = sinter.bce_with_logits $a, $b : (tensor<?x7x$T>, tensor<?x7x$T>) -> tensor<$T>"},
        OpCase{"huber", "?x3x5x$T; ?x3x5x$T", "$T",
               "$r = sinter.huber_loss $a, $b delta = 0.4 : (tensor<?x3x5x$T>, tensor<?x3x5x$T>) -> tensor<$T>"},
        OpCase{"cross_entropy_i32", "?x7x$T; =?xi32", "$T",
               "$r = sinter.cross_entropy $a, $b : (tensor<?x7x$T>, tensor<?xi32>) -> tensor<$T>"},
        OpCase{"cross_entropy_i64", "?x7x$T; =?xi64", "$T",
               "$r = sinter.cross_entropy $a, $b label_smoothing = 0.2 sum : (tensor<?x7x$T>, tensor<?xi64>) -> "
               "tensor<$T>"},
        OpCase{
            "cross_entropy_probabilities", "?x7x$T; ?x7x$T", "$T",
            "$r = sinter.cross_entropy $a, $b label_smoothing = 0.2 : (tensor<?x7x$T>, tensor<?x7x$T>) -> tensor<$T>"}),
    caseName);

INSTANTIATE_TEST_SUITE_P(
    Map, EveryOp,
    testing::Values(
        OpCase{"map_two_results", "?x7x$T; ?x7x$T", "?x7x$T",
               R"($s, $d = sinter.map ins($a, $b : tensor<?x7x$T>, tensor<?x7x$T>) -> tensor<?x7x$T>, tensor<?x7x$T> {
^bb0(%x: $T, %y: $T):
  %s = arith.addf %x, %y : $T
  %d = arith.subf %x, %y : $T
  sinter.yield %s, %d : $T, $T
}
$r = sinter.mul $s, $d : tensor<?x7x$T>)"},
        OpCase{"map_select", "?x7x$T; ?x7xi32", "?x7x$T",
               R"($r = sinter.map ins($a, $b : tensor<?x7x$T>, tensor<?x7xi32>) -> tensor<?x7x$T> {
^bb0(%x: $T, %i: i32):
  %three = arith.constant 3 : i32
  %m = arith.remsi %i, %three : i32
  %zero = arith.constant 0 : i32
  %p = arith.cmpi eq, %m, %zero : i32
  %f = arith.sitofp %i : i32 to $T
  %q = arith.mulf %x, %f : $T
  %e = math.exp %x : $T
  %r = arith.select %p, %q, %e : $T
  sinter.yield %r : $T
})"},
        OpCase{"map_math", "?x7x$T; ?x7x$T", "?x7x$T",
               R"($r = sinter.map ins($a, $b : tensor<?x7x$T>, tensor<?x7x$T>) -> tensor<?x7x$T> {
^bb0(%x: $T, %y: $T):
  %u = math.absf %x : $T
  %p = math.powf %u, %y : $T
  %at = math.atan2 %x, %y : $T
  %t = math.tan %x : $T
  %s = math.sinh %y : $T
  %c = math.cosh %y : $T
  %f = math.fma %p, %at, %t : $T
  %g = arith.divf %s, %c : $T
  %h = arith.addf %f, %g : $T
  sinter.yield %h : $T
})"},
        OpCase{"map_more_math", "?x7x$T; ?x7x$T", "?x7x$T",
               R"($r = sinter.map ins($a, $b : tensor<?x7x$T>, tensor<?x7x$T>) -> tensor<?x7x$T> {
^bb0(%x: $T, %y: $T):
  %u = math.absf %x : $T
  %l2 = math.log2 %u : $T
  %l10 = math.log10 %u : $T
  %e2 = math.exp2 %y : $T
  %cb = math.cbrt %y : $T
  %at = math.atan %x : $T
  %ce = math.ceil %x : $T
  %ro = math.roundeven %y : $T
  %cs = math.copysign %l2, %y : $T
  %1 = arith.addf %cs, %l10 : $T
  %2 = arith.addf %1, %e2 : $T
  %3 = arith.addf %2, %cb : $T
  %4 = arith.addf %3, %at : $T
  %5 = arith.addf %4, %ce : $T
  %6 = arith.addf %5, %ro : $T
  sinter.yield %6 : $T
})"},
        OpCase{"map_inverse_functions", "?x7x$T; ?x7x$T", "?x7x$T",
               R"($r = sinter.map ins($a, $b : tensor<?x7x$T>, tensor<?x7x$T>) -> tensor<?x7x$T> {
^bb0(%x: $T, %y: $T):
  %h = arith.constant 0.75 : $T
  %t = math.tanh %x : $T
  %in = arith.mulf %t, %h : $T
  %c = math.cosh %y : $T
  %more = arith.addf %c, %h : $T
  %as = math.asin %in : $T
  %ac = math.acos %in : $T
  %at = math.atanh %in : $T
  %ash = math.asinh %y : $T
  %ach = math.acosh %more : $T
  %ro = math.round %y : $T
  %nan = math.isnan %x : $T
  %inf = math.isinf %y : $T
  %fin = math.isfinite %x : $T
  %1 = arith.addf %as, %ac : $T
  %2 = arith.mulf %1, %at : $T
  %3 = arith.addf %2, %ash : $T
  %4 = arith.addf %3, %ach : $T
  %5 = arith.addf %4, %ro : $T
  %6 = arith.select %fin, %5, %x : $T
  %7 = arith.select %inf, %y, %6 : $T
  %8 = arith.select %nan, %h, %7 : $T
  sinter.yield %8 : $T
})"},
        OpCase{"map_integers", "?x7xi32; ?x7xi32", "?x7xi32",
               R"($r = sinter.map ins($a, $b : tensor<?x7xi32>, tensor<?x7xi32>) -> tensor<?x7xi32> {
^bb0(%x: i32, %y: i32):
  %c = arith.constant 7 : i32
  %s = arith.shli %x, %c : i32
  %o = arith.xori %s, %y : i32
  %d = arith.divui %o, %c : i32
  %e = arith.shrsi %o, %c : i32
  %m = arith.maxui %d, %e : i32
  %w = arith.extsi %m : i32 to i64
  %k = arith.constant 99991 : i64
  %v = arith.muli %w, %k : i64
  %n = arith.trunci %v : i64 to i32
  sinter.yield %n : i32
})"},
        OpCase{"map_division", "?x7xi32; ?x7xi32", "?x7xi32",
               R"($r = sinter.map ins($a, $b : tensor<?x7xi32>, tensor<?x7xi32>) -> tensor<?x7xi32> {
^bb0(%x: i32, %y: i32):
  %one = arith.constant 1 : i32
  %z = arith.ori %y, %one : i32
  %q = arith.divsi %x, %z : i32
  %m = arith.remsi %x, %z : i32
  %v = arith.divui %x, %z : i32
  %n = arith.remui %x, %z : i32
  %1 = arith.xori %q, %m : i32
  %2 = arith.xori %v, %n : i32
  %3 = arith.subi %1, %2 : i32
  sinter.yield %3 : i32
})"},
        OpCase{
            "map_same_input", "?x7x$T; ?x7x$T", "?x7x$T",
            R"($r = sinter.map ins($a, $b, $a, $b : tensor<?x7x$T>, tensor<?x7x$T>, tensor<?x7x$T>, tensor<?x7x$T>) -> tensor<?x7x$T> {
^bb0(%x: $T, %unused: $T, %y: $T, %z: $T):
  %s = arith.subf %x, %z : $T
  %t = arith.mulf %s, %y : $T
  sinter.yield %t : $T
})"},
        OpCase{"map_predicate", "?x7xi1; ?x7x$T", "?x7xi1",
               R"($r = sinter.map ins($a, $b : tensor<?x7xi1>, tensor<?x7x$T>) -> tensor<?x7xi1> {
^bb0(%p: i1, %y: $T):
  %h = arith.constant 0.5 : $T
  %q = arith.cmpf ult, %y, %h : $T
  %o = arith.xori %p, %q : i1
  sinter.yield %o : i1
})"},
        OpCase{"map_rank3", "?x3x5x$T", "?x3x5x$T", R"($r = sinter.map ins($a : tensor<?x3x5x$T>) -> tensor<?x3x5x$T> {
^bb0(%x: $T):
  %s = arith.mulf %x, %x : $T
  sinter.yield %s : $T
})"},
        OpCase{"map_constant", "?x3x$T", "?x3x$T", R"($r = sinter.map ins($a : tensor<?x3x$T>) -> tensor<?x3x$T> {
^bb0(%x: $T):
  %s = arith.constant 4.5 : $T
  sinter.yield %s : $T
})"}),
    caseName);

} // namespace
