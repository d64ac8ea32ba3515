// Each distinct kernel becomes one function over work items; kernels become launches of them.
// RUN: sinter-opt %s --sinter-emit-kernels | FileCheck %s

// CHECK-DAG: #[[RUNS:.*]] = affine_map<(d0) -> ((d0 * 6) ceildiv 16)>
// CHECK-DAG: #[[ONE:.*]] = affine_map<(d0) -> (1)>

#element = affine_map<(i, j) -> (i, j)>
module attributes {sinter.batch = 5 : i64} {
  // A name that is taken.
  // CHECK: func.func private @taken_2(
  func.func private @taken_2()

  // Names and sources may differ: the first kernel gives both. The fourth has another schedule.
  // CHECK-LABEL: func.func @same_code_is_shared(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x6xf32>, %[[E:[^:]*]]: tensor<?x6xf32>, %[[F:[^:]*]]: tensor<?x6xf32>)
  // CHECK-NEXT: %[[FIRST:.*]] = sinter.launch @twice_x_0 items #[[RUNS]] parallel
  // CHECK-SAME: ins(%[[X]] : tensor<?x6xf32>) outs(%[[E]] : tensor<?x6xf32>) -> tensor<?x6xf32>
  // CHECK-NEXT: %[[SECOND:.*]] = sinter.launch @twice_x_0 items #[[RUNS]] parallel ins(%[[FIRST]] : {{.*}} outs(%[[F]] :
  // CHECK-NEXT: %[[THIRD:.*]] = sinter.launch @not_parallel_1 items #[[RUNS]] ins(%[[SECOND]] : {{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[THIRD]]
  func.func @same_code_is_shared(%x: tensor<?x6xf32>, %e: tensor<?x6xf32>, %f: tensor<?x6xf32>) -> tensor<?x6xf32> {
    %0 = sinter.kernel "twice x" source ["add", "relu"] schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xf32>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%o : tensor<?x6xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %v, %v : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    %1 = sinter.kernel "again" source ["mul"] schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>
        ins(%0 : tensor<?x6xf32>) outs(%f : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%b: tensor<?x6xf32>, %p: tensor<?x6xf32>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%b : tensor<?x6xf32>) outs(%p : tensor<?x6xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %v, %v : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    %2 = sinter.kernel "not_parallel" schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = false>
        ins(%1 : tensor<?x6xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xf32>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%o : tensor<?x6xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %v, %v : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    return %2 : tensor<?x6xf32>
  }

  // Another function of the module uses the same kernel; other arithmetic is another one, under a name that is free.
  // CHECK-LABEL: func.func @by_other_functions(
  // CHECK: sinter.launch @twice_x_0
  // CHECK: sinter.launch @[[OTHER:taken_2_[0-9]+]] items
  func.func @by_other_functions(%x: tensor<?x6xf32>, %e: tensor<?x6xf32>) -> tensor<?x6xf32> {
    %0 = sinter.kernel "elsewhere" schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xf32>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%o : tensor<?x6xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %v, %v : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    %1 = sinter.kernel "taken" schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>
        ins(%0 : tensor<?x6xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xf32>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%o : tensor<?x6xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.mulf %v, %v : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    return %1 : tensor<?x6xf32>
  }

  // An input that is read for its extent only costs nothing.
  // CHECK-LABEL: func.func @one_item(
  // CHECK: sinter.launch @rows_3 items #[[ONE]] ins(
  func.func @one_item(%x: tensor<?x6xf32>, %e: tensor<i1>) -> tensor<i1> {
    %0 = sinter.kernel "rows" schedule #sinter.schedule<map, tile = [4096, 1], vector = 8, parallel = false>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<i1>) -> tensor<i1> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<i1>):
      %c0 = arith.constant 0 : index
      %c4 = arith.constant 4 : index
      %rows = tensor.dim %a, %c0 : tensor<?x6xf32>
      %y = linalg.generic {indexing_maps = [affine_map<() -> ()>], iterator_types = []} outs(%o : tensor<i1>) {
      ^bb0(%u: i1):
        %z = arith.cmpi slt, %rows, %c4 : index
        linalg.yield %z : i1
      } -> tensor<i1>
      sinter.yield %y : tensor<i1>
    }
    return %0 : tensor<i1>
  }
  // CHECK-NOT: sinter.kernel "

  // (inputs, outs, rows, lo, hi) of the largest shapes. 30 additions; 30 elements read and 30 written.
  // CHECK: func.func private @twice_x_0(%{{.*}}: memref<5x6xf32>, %{{.*}}: memref<5x6xf32>, %{{.*}}: index, %{{.*}}: index, %{{.*}}: index)
  // CHECK-SAME: attributes {sinter.bytes = 240 : i64, sinter.flops = 30 : i64, sinter.kernel,
  // CHECK-SAME: sinter.schedule = #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>, sinter.source = ["add", "relu"]}
  // CHECK: func.func private @not_parallel_1(
  // CHECK: sinter.source = []}
  // CHECK: func.func private @[[OTHER]](
  // CHECK: func.func private @rows_3(%{{.*}}: memref<5x6xf32>, %{{.*}}: memref<i8>, %{{.*}}: index, %{{.*}}: index, %{{.*}}: index)
  // CHECK-SAME: sinter.bytes = 1 : i64, sinter.flops = 0 : i64
  // CHECK-NOT: func.func
}
