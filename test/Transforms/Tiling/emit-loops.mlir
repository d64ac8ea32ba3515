// What fits no better skeleton: plain loops over scalars, the parallel ones in order, then those of the reduction.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

// CHECK-DAG: #[[MAP:.*]] = affine_map<(d0) -> (d0 ceildiv 2)>
// CHECK-DAG: #[[MAP1:.*]] = affine_map<(d0) -> (d0)>
// CHECK-DAG: #[[MAP2:.*]] = affine_map<(d0) -> (d0 ceildiv 4)>
// CHECK-DAG: #[[MAP3:.*]] = affine_map<(d0) -> (1)>

#element = affine_map<(i, j) -> (i, j)>
#transposed = affine_map<(i, j) -> (j, i)>
#cube = affine_map<(i, j, k) -> (i, j, k)>
#middle = affine_map<(i, j, k) -> (i, k)>
module attributes {sinter.batch = 5 : i64} {
  // CHECK-LABEL: func.func @transpose(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x6xf32>, %[[E:[^:]*]]: tensor<6x?xf32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @transpose_0 items #[[MAP]] parallel ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @transpose(%x: tensor<?x6xf32>, %e: tensor<6x?xf32>) -> tensor<6x?xf32> {
    %r = sinter.kernel "transpose" schedule #sinter.schedule<loops, tile = [2], vector = 1, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<6x?xf32>) -> tensor<6x?xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<6x?xf32>):
      %y = linalg.generic {indexing_maps = [#element, #transposed], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%o : tensor<6x?xf32>) {
      ^bb0(%v: f32, %u: f32):
        linalg.yield %v : f32
      } -> tensor<6x?xf32>
      sinter.yield %y : tensor<6x?xf32>
    }
    return %r : tensor<6x?xf32>
  }

  // CHECK-LABEL: func.func @sum_in_the_middle(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x3x4xf32>, %[[E:[^:]*]]: tensor<?x4xf32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @sum_in_the_middle_1 items #[[MAP1]] ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @sum_in_the_middle(%x: tensor<?x3x4xf32>, %e: tensor<?x4xf32>) -> tensor<?x4xf32> {
    %r = sinter.kernel "sum_in_the_middle" schedule #sinter.schedule<loops, tile = [1], vector = 1, parallel = false>
        ins(%x : tensor<?x3x4xf32>) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32> {
    ^bb0(%a: tensor<?x3x4xf32>, %o: tensor<?x4xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o : tensor<?x4xf32>) -> tensor<?x4xf32>
      %y = linalg.generic {indexing_maps = [#cube, #middle], iterator_types = ["parallel", "reduction", "parallel"]}
          ins(%a : tensor<?x3x4xf32>) outs(%init : tensor<?x4xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?x4xf32>
      sinter.yield %y : tensor<?x4xf32>
    }
    return %r : tensor<?x4xf32>
  }

  // CHECK-LABEL: func.func @reversed(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x6xi1>, %[[E:[^:]*]]: tensor<?x6xi1>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @reversed_2 items #[[MAP2]] parallel ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @reversed(%x: tensor<?x6xi1>, %e: tensor<?x6xi1>) -> tensor<?x6xi1> {
    %r = sinter.kernel "reversed" schedule #sinter.schedule<loops, tile = [4], vector = 1, parallel = true>
        ins(%x : tensor<?x6xi1>) outs(%e : tensor<?x6xi1>) -> tensor<?x6xi1> {
    ^bb0(%a: tensor<?x6xi1>, %o: tensor<?x6xi1>):
      %y = linalg.generic {indexing_maps = [#element], iterator_types = ["parallel", "parallel"]} outs(%o : tensor<?x6xi1>) {
      ^bb0(%u: i1):
        %last = arith.constant 5 : index
        %i = linalg.index 0 : index
        %j = linalg.index 1 : index
        %k = arith.subi %last, %j : index
        %z = tensor.extract %a[%i, %k] : tensor<?x6xi1>
        linalg.yield %z : i1
      } -> tensor<?x6xi1>
      sinter.yield %y : tensor<?x6xi1>
    }
    return %r : tensor<?x6xi1>
  }
  // CHECK-LABEL: func.func @everything(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x3xi32>, %[[E:[^:]*]]: tensor<i32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @everything_3 items #[[MAP3]] ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @everything(%x: tensor<?x3xi32>, %e: tensor<i32>) -> tensor<i32> {
    %r = sinter.kernel "everything" schedule #sinter.schedule<loops, tile = [1], vector = 1, parallel = false>
        ins(%x : tensor<?x3xi32>) outs(%e : tensor<i32>) -> tensor<i32> {
    ^bb0(%a: tensor<?x3xi32>, %o: tensor<i32>):
      %y = linalg.generic {indexing_maps = [#element, affine_map<(i, j) -> ()>], iterator_types = ["reduction", "reduction"]}
          ins(%a : tensor<?x3xi32>) outs(%o : tensor<i32>) {
      ^bb0(%v: i32, %u: i32):
        %z = arith.maxsi %u, %v : i32
        linalg.yield %z : i32
      } -> tensor<i32>
      sinter.yield %y : tensor<i32>
    }
    return %r : tensor<i32>
  }

  // Items are runs of the outer loop, over the rows of the call; the result is written where its map says.
  // CHECK-LABEL: func.func private @transpose_0(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x6xf32>, %[[E:[^:]*]]: memref<6x5xf32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[C6:.*]] = arith.constant 6 : index
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG: %[[C2:.*]] = arith.constant 2 : index
  // CHECK: %[[MULI:.*]] = arith.muli %[[LO]], %[[C2]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[HI]], %[[C2]]
  // CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[MULI1]], %[[ROWS]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[MULI]] to %[[MINSI]] step %[[C1]] {
  // CHECK-NEXT: scf.for %[[I1:.*]] = %[[C0]] to %[[C6]] step %[[C1]] {
  // CHECK-NEXT: %[[LOAD:.*]] = memref.load %[[X]][%[[I]], %[[I1]]] : memref<5x6xf32>
  // CHECK-NEXT: memref.store %[[LOAD]], %[[E]][%[[I1]], %[[I]]] : memref<6x5xf32>
  // CHECK-NEXT: }
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // The reduction's loop is the innermost, wherever it stands in the domain.
  // CHECK-LABEL: func.func private @sum_in_the_middle_1(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x3x4xf32>, %[[E:[^:]*]]: memref<5x4xf32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[C3:.*]] = arith.constant 3 : index
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK: %[[MINSI:.*]] = arith.minsi %[[HI]], %[[ROWS]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[LO]] to %[[MINSI]] step %[[C1]] {
  // CHECK-NEXT: scf.for %[[I1:.*]] = %[[C0]] to %[[C4]] step %[[C1]] {
  // CHECK-NEXT: %[[FOR:.*]] = scf.for %[[I2:.*]] = %[[C0]] to %[[C3]] step %[[C1]] iter_args(%[[ACC:.*]] = %[[ZERO]])
  // CHECK-NEXT: %[[LOAD:.*]] = memref.load %[[X]][%[[I]], %[[I2]], %[[I1]]] : memref<5x3x4xf32>
  // CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[ACC]], %[[LOAD]]
  // CHECK-NEXT: scf.yield %[[ADDF]]
  // CHECK-NEXT: }
  // CHECK-NEXT: memref.store %[[FOR]], %[[E]][%[[I]], %[[I1]]] : memref<5x4xf32>
  // CHECK-NEXT: }
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // A gather loads at computed indices; bits are bytes.
  // CHECK-LABEL: func.func private @reversed_2(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x6xi8>, %[[E:[^:]*]]: memref<5x6xi8>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[C5:.*]] = arith.constant 5 : index
  // CHECK-DAG: %[[C6:.*]] = arith.constant 6 : index
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK: %[[MULI:.*]] = arith.muli %[[LO]], %[[C4]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[HI]], %[[C4]]
  // CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[MULI1]], %[[ROWS]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[MULI]] to %[[MINSI]] step %[[C1]] {
  // CHECK-NEXT: scf.for %[[I1:.*]] = %[[C0]] to %[[C6]] step %[[C1]] {
  // CHECK-NEXT: %[[SUBI:.*]] = arith.subi %[[C5]], %[[I1]]
  // CHECK-NEXT: %[[LOAD:.*]] = memref.load %[[X]][%[[I]], %[[SUBI]]] : memref<5x6xi8>
  // CHECK-NEXT: %[[TRUNCI:.*]] = arith.trunci %[[LOAD]] : i8 to i1
  // CHECK-NEXT: %[[EXTUI:.*]] = arith.extui %[[TRUNCI]] : i1 to i8
  // CHECK-NEXT: memref.store %[[EXTUI]], %[[E]][%[[I]], %[[I1]]] : memref<5x6xi8>
  // CHECK-NEXT: }
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // No parallel loop: one item. What is there already takes part.
  // CHECK-LABEL: func.func private @everything_3(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x3xi32>, %[[E:[^:]*]]: memref<i32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[C3:.*]] = arith.constant 3 : index
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK: %[[MINSI:.*]] = arith.minsi %[[HI]], %[[C1]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[LO]] to %[[MINSI]] step %[[C1]] {
  // CHECK-NEXT: %[[LOAD:.*]] = memref.load %[[E]][] : memref<i32>
  // CHECK-NEXT: %[[FOR:.*]] = scf.for %[[I1:.*]] = %[[C0]] to %[[ROWS]] step %[[C1]] iter_args(%[[ACC:.*]] = %[[LOAD]])
  // CHECK-NEXT: %[[FOR1:.*]] = scf.for %[[I2:.*]] = %[[C0]] to %[[C3]] step %[[C1]] iter_args(%[[ACC1:.*]] = %[[ACC]])
  // CHECK-NEXT: %[[LOAD1:.*]] = memref.load %[[X]][%[[I1]], %[[I2]]] : memref<5x3xi32>
  // CHECK-NEXT: %[[MAXSI:.*]] = arith.maxsi %[[LOAD1]], %[[ACC1]]
  // CHECK-NEXT: scf.yield %[[MAXSI]]
  // CHECK-NEXT: }
  // CHECK-NEXT: scf.yield %[[FOR1]]
  // CHECK-NEXT: }
  // CHECK-NEXT: memref.store %[[FOR]], %[[E]][] : memref<i32>
  // CHECK-NEXT: }
  // CHECK-NEXT: return
}

