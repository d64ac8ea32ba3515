// Which schedule does each strategy get, and what do the options change?
// RUN: sinter-opt %s --sinter-plan-schedules | FileCheck %s --check-prefixes=CHECK,V3
// RUN: sinter-opt %s --sinter-plan-schedules=cpu=x86-64-v4 | FileCheck %s --check-prefixes=CHECK,V4
// RUN: sinter-opt %s --sinter-plan-schedules=vector-bytes=16 | FileCheck %s --check-prefixes=CHECK,SSE
// RUN: sinter-opt %s --sinter-plan-schedules --remark-policy=all --remarks-filter=schedule -o /dev/null 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK

#element = affine_map<(i, j) -> (i, j)>
#transposed = affine_map<(i, j) -> (j, i)>
#row = affine_map<(i, j) -> (i)>
#column = affine_map<(i, j) -> (j)>

module attributes {sinter.batch = 64 : i64} {
  // Items of 4096 elements; light arithmetic is unrolled by four vectors. 6400 f32 take a few microseconds: one thread.
  // CHECK-LABEL: func.func @map
  // V3: sinter.kernel "map" schedule <map, tile = [4096, 4], vector = 8, parallel = false>
  // V4: sinter.kernel "map" schedule <map, tile = [4096, 4], vector = 16, parallel = false>
  // SSE: sinter.kernel "map" schedule <map, tile = [4096, 4], vector = 4, parallel = false>
  // REMARK: schedule | Category:schedule | Function=map | Bytes=51200, Flops=6400, Kernel=map#0, Schedule="#sinter.schedule<map, tile = [4096, 4], vector = 8, parallel = false>"
  // REMARK: [Passed] vectorize | Category:schedule | Function=map | Kernel=map#0, Remark="vectors of 8 lanes"
  // REMARK: [Missed] parallel | Category:schedule | Function=map | Kernel=map#0, Microseconds=1.28, Reason="1.28 us are predicted; sharing pays from 20.00 us on", Remark="it stays in the calling thread"
  func.func @map(%x: tensor<?x100xf32>, %e: tensor<?x100xf32>) -> tensor<?x100xf32> {
    %r = sinter.kernel "map" ins(%x : tensor<?x100xf32>) outs(%e : tensor<?x100xf32>) -> tensor<?x100xf32> {
    ^bb0(%a: tensor<?x100xf32>, %o: tensor<?x100xf32>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x100xf32>) outs(%o : tensor<?x100xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.mulf %v, %v : f32
        linalg.yield %z : f32
      } -> tensor<?x100xf32>
      sinter.yield %y : tensor<?x100xf32>
    }
    return %r : tensor<?x100xf32>
  }

  // Functions keep the units busy without unrolling.
  // CHECK-LABEL: func.func @heavy_map
  // V3: sinter.kernel "heavy_map" schedule <map, tile = [4096, 1], vector = 8, parallel = false>
  // V4: sinter.kernel "heavy_map" schedule <map, tile = [4096, 1], vector = 16, parallel = false>
  // SSE: sinter.kernel "heavy_map" schedule <map, tile = [4096, 1], vector = 4, parallel = false>
  func.func @heavy_map(%x: tensor<?x100xf32>, %e: tensor<?x100xf32>) -> tensor<?x100xf32> {
    %r = sinter.kernel "heavy_map" ins(%x : tensor<?x100xf32>) outs(%e : tensor<?x100xf32>) -> tensor<?x100xf32> {
    ^bb0(%a: tensor<?x100xf32>, %o: tensor<?x100xf32>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x100xf32>) outs(%o : tensor<?x100xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = math.exp %v : f32
        %w = math.tanh %z : f32
        linalg.yield %w : f32
      } -> tensor<?x100xf32>
      sinter.yield %y : tensor<?x100xf32>
    }
    return %r : tensor<?x100xf32>
  }

  // Thirty megabytes are shared among threads.
  // REMARK: [Passed] parallel | {{.*}} Function=large_map | {{.*}} Remark="its work items are shared among threads"
  // CHECK-LABEL: func.func @large_map
  // V3: sinter.kernel "large_map" schedule <map, tile = [4096, 4], vector = 8, parallel = true>
  // V4: sinter.kernel "large_map" schedule <map, tile = [4096, 4], vector = 16, parallel = true>
  // SSE: sinter.kernel "large_map" schedule <map, tile = [4096, 4], vector = 4, parallel = true>
  func.func @large_map(%x: tensor<4096x1000xf32>, %e: tensor<4096x1000xf32>) -> tensor<4096x1000xf32> {
    %r = sinter.kernel "large_map" ins(%x : tensor<4096x1000xf32>) outs(%e : tensor<4096x1000xf32>) -> tensor<4096x1000xf32> {
    ^bb0(%a: tensor<4096x1000xf32>, %o: tensor<4096x1000xf32>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<4096x1000xf32>) outs(%o : tensor<4096x1000xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.mulf %v, %v : f32
        linalg.yield %z : f32
      } -> tensor<4096x1000xf32>
      sinter.yield %y : tensor<4096x1000xf32>
    }
    return %r : tensor<4096x1000xf32>
  }

  // Half as many lanes of f64.
  // CHECK-LABEL: func.func @doubles
  // V3: sinter.kernel "doubles" schedule <map, tile = [4096, 4], vector = 4, parallel = false>
  // V4: sinter.kernel "doubles" schedule <map, tile = [4096, 4], vector = 8, parallel = false>
  // SSE: sinter.kernel "doubles" schedule <map, tile = [4096, 4], vector = 2, parallel = false>
  func.func @doubles(%x: tensor<?x100xf64>, %e: tensor<?x100xf64>) -> tensor<?x100xf64> {
    %r = sinter.kernel "doubles" ins(%x : tensor<?x100xf64>) outs(%e : tensor<?x100xf64>) -> tensor<?x100xf64> {
    ^bb0(%a: tensor<?x100xf64>, %o: tensor<?x100xf64>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x100xf64>) outs(%o : tensor<?x100xf64>) {
      ^bb0(%v: f64, %u: f64):
        %z = arith.mulf %v, %v : f64
        linalg.yield %z : f64
      } -> tensor<?x100xf64>
      sinter.yield %y : tensor<?x100xf64>
    }
    return %r : tensor<?x100xf64>
  }

  // Rows of one vector are interleaved by four, of two vectors by two; an item is a multiple of that near 4096 elements.
  // CHECK-LABEL: func.func @short_rows
  // V3: sinter.kernel "short_rows" schedule <row, tile = [820, 4, 4], vector = 8, parallel = false>
  // V4: sinter.kernel "short_rows" schedule <row, tile = [820, 4, 4], vector = 16, parallel = false>
  // SSE: sinter.kernel "short_rows" schedule <row, tile = [820, 2, 4], vector = 4, parallel = false>
  func.func @short_rows(%x: tensor<?x5xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
    %r = sinter.kernel "short_rows" ins(%x : tensor<?x5xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32> {
    ^bb0(%a: tensor<?x5xf32>, %o: tensor<?xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o : tensor<?xf32>) -> tensor<?xf32>
      %y = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x5xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      sinter.yield %y : tensor<?xf32>
    }
    return %r : tensor<?xf32>
  }

  // Long rows have several accumulators instead.
  // CHECK-LABEL: func.func @long_rows
  // V3: sinter.kernel "long_rows" schedule <row, tile = [4, 1, 4], vector = 8, parallel = false>
  // V4: sinter.kernel "long_rows" schedule <row, tile = [4, 1, 4], vector = 16, parallel = false>
  // SSE: sinter.kernel "long_rows" schedule <row, tile = [4, 1, 4], vector = 4, parallel = false>
  func.func @long_rows(%x: tensor<?x1000xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
    %r = sinter.kernel "long_rows" ins(%x : tensor<?x1000xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32> {
    ^bb0(%a: tensor<?x1000xf32>, %o: tensor<?xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o : tensor<?xf32>) -> tensor<?xf32>
      %y = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x1000xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      sinter.yield %y : tensor<?xf32>
    }
    return %r : tensor<?xf32>
  }

  // Many columns: two wide blocks, eight rows at a time.
  // CHECK-LABEL: func.func @columns
  // V3: sinter.kernel "columns" schedule <column, tile = [504, 8], vector = 8, parallel = false>
  // V4: sinter.kernel "columns" schedule <column, tile = [512, 8], vector = 16, parallel = false>
  // SSE: sinter.kernel "columns" schedule <column, tile = [500, 8], vector = 4, parallel = false>
  func.func @columns(%x: tensor<?x1000xf32>, %e: tensor<1000xf32>) -> tensor<1000xf32> {
    %r = sinter.kernel "columns" ins(%x : tensor<?x1000xf32>) outs(%e : tensor<1000xf32>) -> tensor<1000xf32> {
    ^bb0(%a: tensor<?x1000xf32>, %o: tensor<1000xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o : tensor<1000xf32>) -> tensor<1000xf32>
      %y = linalg.generic {indexing_maps = [#element, #column], iterator_types = ["reduction", "parallel"]}
          ins(%a : tensor<?x1000xf32>) outs(%init : tensor<1000xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<1000xf32>
      sinter.yield %y : tensor<1000xf32>
    }
    return %r : tensor<1000xf32>
  }

  // Few columns: four vectors at a time, accumulators in registers. (For short vectors they are not few.)
  // CHECK-LABEL: func.func @few_columns
  // V3: sinter.kernel "few" schedule <column, tile = [32, 0], vector = 8, parallel = false>
  // V4: sinter.kernel "few" schedule <column, tile = [64, 0], vector = 16, parallel = false>
  // SSE: sinter.kernel "few" schedule <column, tile = [64, 8], vector = 4, parallel = false>
  func.func @few_columns(%x: tensor<?x64xf32>, %e: tensor<64xf32>) -> tensor<64xf32> {
    %r = sinter.kernel "few" ins(%x : tensor<?x64xf32>) outs(%e : tensor<64xf32>) -> tensor<64xf32> {
    ^bb0(%a: tensor<?x64xf32>, %o: tensor<64xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o : tensor<64xf32>) -> tensor<64xf32>
      %y = linalg.generic {indexing_maps = [#element, #column], iterator_types = ["reduction", "parallel"]}
          ins(%a : tensor<?x64xf32>) outs(%init : tensor<64xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<64xf32>
      sinter.yield %y : tensor<64xf32>
    }
    return %r : tensor<64xf32>
  }

  // No better skeleton fits: iterations of the outer loop, 300 elements each; the remark says why.
  // CHECK-LABEL: func.func @transpose
  // CHECK: sinter.kernel "transpose" schedule <loops, tile = [13], vector = 1, parallel = false>
  // REMARK: Function=transpose | {{.*}} Reason="an operand is transposed", Schedule="#sinter.schedule<loops, tile = [13], vector = 1
  // REMARK: [Missed] vectorize | {{.*}} Function=transpose | {{.*}} Reason="an operand is transposed", Remark="scalar loops"
  func.func @transpose(%x: tensor<40x300xf32>, %e: tensor<300x40xf32>) -> tensor<300x40xf32> {
    %r = sinter.kernel "transpose" ins(%x : tensor<40x300xf32>) outs(%e : tensor<300x40xf32>) -> tensor<300x40xf32> {
    ^bb0(%a: tensor<40x300xf32>, %o: tensor<300x40xf32>):
      %y = linalg.generic {indexing_maps = [#element, #transposed], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<40x300xf32>) outs(%o : tensor<300x40xf32>) {
      ^bb0(%v: f32, %u: f32):
        linalg.yield %v : f32
      } -> tensor<300x40xf32>
      sinter.yield %y : tensor<300x40xf32>
    }
    return %r : tensor<300x40xf32>
  }

  // A schedule that is there already stays, and is not reported.
  // CHECK-LABEL: func.func @kept
  // CHECK: sinter.kernel "kept" schedule <map, tile = [64, 2], vector = 4, parallel = true>
  // REMARK-NOT: Function=kept
  func.func @kept(%x: tensor<?x100xf32>, %e: tensor<?x100xf32>) -> tensor<?x100xf32> {
    %r = sinter.kernel "kept" schedule #sinter.schedule<map, tile = [64, 2], vector = 4, parallel = true>
        ins(%x : tensor<?x100xf32>) outs(%e : tensor<?x100xf32>) -> tensor<?x100xf32> {
    ^bb0(%a: tensor<?x100xf32>, %o: tensor<?x100xf32>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x100xf32>) outs(%o : tensor<?x100xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.mulf %v, %v : f32
        linalg.yield %z : f32
      } -> tensor<?x100xf32>
      sinter.yield %y : tensor<?x100xf32>
    }
    return %r : tensor<?x100xf32>
  }
}
