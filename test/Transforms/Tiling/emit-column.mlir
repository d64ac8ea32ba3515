// Column kernels: a block of columns per item, rows dealt out to two or more accumulators for each vector of columns.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

// CHECK-DAG: #[[MAP:.*]] = affine_map<(d0) -> (2)>
// CHECK-DAG: #[[MAP1:.*]] = affine_map<(d0) -> (1)>
// CHECK-DAG: #[[MAP2:.*]] = affine_map<(d0) -> (d0 ceildiv 8)>

#element = affine_map<(i, j) -> (i, j)>
#column = affine_map<(i, j) -> (j)>
#vector = affine_map<(j) -> (j)>
#all = affine_map<(j) -> ()>
module attributes {sinter.batch = 5 : i64} {
  // CHECK-LABEL: func.func @sums(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x11xf32>, %[[E:[^:]*]]: tensor<11xf32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @sums_0 items #[[MAP]] parallel ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @sums(%x: tensor<?x11xf32>, %e: tensor<11xf32>) -> tensor<11xf32> {
    %r = sinter.kernel "sums" schedule #sinter.schedule<column, tile = [8, 0], vector = 4, parallel = true>
        ins(%x : tensor<?x11xf32>) outs(%e : tensor<11xf32>) -> tensor<11xf32> {
    ^bb0(%a: tensor<?x11xf32>, %o: tensor<11xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%o : tensor<11xf32>) -> tensor<11xf32>
      %y = linalg.generic {indexing_maps = [#element, #column], iterator_types = ["reduction", "parallel"]}
          ins(%a : tensor<?x11xf32>) outs(%init : tensor<11xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<11xf32>
      sinter.yield %y : tensor<11xf32>
    }
    return %r : tensor<11xf32>
  }

  // CHECK-LABEL: func.func @bias_update(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[RATE:[^:]*]]: tensor<f32>, %[[B:[^:]*]]: tensor<4xf32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @bias_update_1 items #[[MAP1]] ins(%[[X]], %[[RATE]] :{{.*}} outs(%[[B]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @bias_update(%x: tensor<?x4xf32>, %rate: tensor<f32>, %b: tensor<4xf32>) -> tensor<4xf32> {
    %r = sinter.kernel "bias_update" schedule #sinter.schedule<column, tile = [4, 0], vector = 4, parallel = false>
        ins(%x, %rate : tensor<?x4xf32>, tensor<f32>) outs(%b : tensor<4xf32>) -> tensor<4xf32> {
    ^bb0(%a: tensor<?x4xf32>, %l: tensor<f32>, %o: tensor<4xf32>):
      %e = tensor.empty() : tensor<4xf32>
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
      %s = linalg.generic {indexing_maps = [#element, #column], iterator_types = ["reduction", "parallel"]}
          ins(%a : tensor<?x4xf32>) outs(%init : tensor<4xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<4xf32>
      %y = linalg.generic {indexing_maps = [#vector, #vector, #all, #vector], iterator_types = ["parallel"]}
          ins(%o, %s, %l : tensor<4xf32>, tensor<4xf32>, tensor<f32>) outs(%o : tensor<4xf32>) {
      ^bb0(%v: f32, %w: f32, %q: f32, %u: f32):
        %d = arith.mulf %w, %q : f32
        %z = arith.subf %v, %d : f32
        linalg.yield %z : f32
      } -> tensor<4xf32>
      sinter.yield %y : tensor<4xf32>
    }
    return %r : tensor<4xf32>
  }

  // CHECK-LABEL: func.func @maxima(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<4x?xf32>, %[[E:[^:]*]]: tensor<?xf32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @maxima_2 items #[[MAP2]] parallel ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @maxima(%x: tensor<4x?xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
    %r = sinter.kernel "maxima" schedule #sinter.schedule<column, tile = [8, 0], vector = 4, parallel = true>
        ins(%x : tensor<4x?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32> {
    ^bb0(%a: tensor<4x?xf32>, %o: tensor<?xf32>):
      %low = arith.constant -1.0 : f32
      %init = linalg.fill ins(%low : f32) outs(%o : tensor<?xf32>) -> tensor<?xf32>
      %y = linalg.generic {indexing_maps = [#element, #column], iterator_types = ["reduction", "parallel"]}
          ins(%a : tensor<4x?xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.maximumf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      sinter.yield %y : tensor<?xf32>
    }
    return %r : tensor<?xf32>
  }

  // Two vectors of columns by two rows; the last block has one vector, under a constant mask, and four rows.
  // CHECK-LABEL: func.func private @sums_0(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x11xf32>, %[[E:[^:]*]]: memref<11xf32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[C3:.*]] = arith.constant 3 : index
  // CHECK-DAG: %[[MASK:.*]] = arith.constant dense<[true, true, true, false]> : vector<4xi1>
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG: %[[C2:.*]] = arith.constant 2 : index
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C11:.*]] = arith.constant 11 : index
  // CHECK-DAG: %[[C8:.*]] = arith.constant 8 : index
  // CHECK: %[[MULI:.*]] = arith.muli %[[LO]], %[[C8]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[HI]], %[[C8]]
  // CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[MULI1]], %[[C11]]
  // CHECK-NEXT: %[[MINSI1:.*]] = arith.minsi %[[MINSI]], %[[C8]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[MULI]] to %[[MINSI1]] step %[[C8]] {
  // CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[I]], %[[C4]]
  // CHECK-NEXT: %[[DIVSI:.*]] = arith.divsi %[[ROWS]], %[[C2]]
  // CHECK-NEXT: %[[MULI2:.*]] = arith.muli %[[DIVSI]], %[[C2]]
  // CHECK-NEXT: %[[FOR:.*]]:4 = scf.for %[[I1:.*]] = %[[C0]] to %[[MULI2]] step %[[C2]]
  // CHECK-SAME: iter_args(%[[ACC:.*]] = %[[ZERO]], %[[ACC1:.*]] = %[[ZERO]], %[[ACC2:.*]] = %[[ZERO]], %[[ACC3:.*]] = %[[ZERO]])
  // CHECK-NEXT: %[[LOAD:.*]] = vector.load %[[X]][%[[I1]], %[[I]]] : memref<5x11xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[ACC]], %[[LOAD]]
  // CHECK-NEXT: %[[LOAD1:.*]] = vector.load %[[X]][%[[I1]], %[[ADDI]]] : memref<5x11xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF1:.*]] = arith.addf %[[ACC1]], %[[LOAD1]]
  // CHECK-NEXT: %[[ADDI1:.*]] = arith.addi %[[I1]], %[[C1]]
  // CHECK-NEXT: %[[LOAD2:.*]] = vector.load %[[X]][%[[ADDI1]], %[[I]]] : memref<5x11xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF2:.*]] = arith.addf %[[ACC2]], %[[LOAD2]]
  // CHECK-NEXT: %[[LOAD3:.*]] = vector.load %[[X]][%[[ADDI1]], %[[ADDI]]] : memref<5x11xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF3:.*]] = arith.addf %[[ACC3]], %[[LOAD3]]
  // CHECK-NEXT: scf.yield %[[ADDF]], %[[ADDF1]], %[[ADDF2]], %[[ADDF3]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[FOR1:.*]]:2 = scf.for %[[I2:.*]] = %[[MULI2]] to %[[ROWS]] step %[[C1]]
  // CHECK-SAME: iter_args(%[[ACC4:.*]] = %[[FOR]]#0, %[[ACC5:.*]] = %[[FOR]]#1)
  // CHECK-NEXT: %[[LOAD4:.*]] = vector.load %[[X]][%[[I2]], %[[I]]] : memref<5x11xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF4:.*]] = arith.addf %[[ACC4]], %[[LOAD4]]
  // CHECK-NEXT: %[[LOAD5:.*]] = vector.load %[[X]][%[[I2]], %[[ADDI]]] : memref<5x11xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF5:.*]] = arith.addf %[[ACC5]], %[[LOAD5]]
  // CHECK-NEXT: scf.yield %[[ADDF4]], %[[ADDF5]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[ADDF6:.*]] = arith.addf %[[FOR1]]#0, %[[FOR]]#2
  // CHECK-NEXT: vector.store %[[ADDF6]], %[[E]][%[[I]]]
  // CHECK-NEXT: %[[ADDF7:.*]] = arith.addf %[[FOR1]]#1, %[[FOR]]#3
  // CHECK-NEXT: vector.store %[[ADDF7]], %[[E]][%[[ADDI]]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[MAXSI:.*]] = arith.maxsi %[[MULI]], %[[C8]]
  // CHECK-NEXT: scf.for %[[I3:.*]] = %[[MAXSI]] to %[[MINSI]] step %[[C8]] {
  // CHECK-NEXT: %[[DIVSI1:.*]] = arith.divsi %[[ROWS]], %[[C4]]
  // CHECK-NEXT: %[[MULI3:.*]] = arith.muli %[[DIVSI1]], %[[C4]]
  // CHECK-NEXT: %[[FOR2:.*]]:4 = scf.for %[[I4:.*]] = %[[C0]] to %[[MULI3]] step %[[C4]]
  // CHECK-SAME: iter_args(%[[ACC6:.*]] = %[[ZERO]], %[[ACC7:.*]] = %[[ZERO]], %[[ACC8:.*]] = %[[ZERO]], %[[ACC9:.*]] = %[[ZERO]])
  // CHECK-NEXT: %[[MASKEDLOAD:.*]] = vector.maskedload %[[X]][%[[I4]], %[[I3]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[ADDF8:.*]] = arith.addf %[[ACC6]], %[[MASKEDLOAD]]
  // CHECK-NEXT: %[[ADDI2:.*]] = arith.addi %[[I4]], %[[C1]]
  // CHECK-NEXT: %[[MASKEDLOAD1:.*]] = vector.maskedload %[[X]][%[[ADDI2]], %[[I3]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[ADDF9:.*]] = arith.addf %[[ACC7]], %[[MASKEDLOAD1]]
  // CHECK-NEXT: %[[ADDI3:.*]] = arith.addi %[[I4]], %[[C2]]
  // CHECK-NEXT: %[[MASKEDLOAD2:.*]] = vector.maskedload %[[X]][%[[ADDI3]], %[[I3]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[ADDF10:.*]] = arith.addf %[[ACC8]], %[[MASKEDLOAD2]]
  // CHECK-NEXT: %[[ADDI4:.*]] = arith.addi %[[I4]], %[[C3]]
  // CHECK-NEXT: %[[MASKEDLOAD3:.*]] = vector.maskedload %[[X]][%[[ADDI4]], %[[I3]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[ADDF11:.*]] = arith.addf %[[ACC9]], %[[MASKEDLOAD3]]
  // CHECK-NEXT: scf.yield %[[ADDF8]], %[[ADDF9]], %[[ADDF10]], %[[ADDF11]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[FOR3:.*]] = scf.for %[[I5:.*]] = %[[MULI3]] to %[[ROWS]] step %[[C1]] iter_args(%[[ACC10:.*]] = %[[FOR2]]#0)
  // CHECK-NEXT: %[[MASKEDLOAD4:.*]] = vector.maskedload %[[X]][%[[I5]], %[[I3]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[ADDF12:.*]] = arith.addf %[[ACC10]], %[[MASKEDLOAD4]]
  // CHECK-NEXT: scf.yield %[[ADDF12]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[ADDF13:.*]] = arith.addf %[[FOR3]], %[[FOR2]]#1
  // CHECK-NEXT: %[[ADDF14:.*]] = arith.addf %[[FOR2]]#2, %[[FOR2]]#3
  // CHECK-NEXT: %[[ADDF15:.*]] = arith.addf %[[ADDF13]], %[[ADDF14]]
  // CHECK-NEXT: vector.maskedstore %[[E]][%[[I3]]], %[[MASK]], %[[ADDF15]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // What follows on the sums is computed once per vector of columns, when they are complete.
  // CHECK-LABEL: func.func private @bias_update_1(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x4xf32>, %[[RATE:[^:]*]]: memref<f32>, %[[B:[^:]*]]: memref<4xf32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[C3:.*]] = arith.constant 3 : index
  // CHECK-DAG: %[[C2:.*]] = arith.constant 2 : index
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK: %[[MULI:.*]] = arith.muli %[[LO]], %[[C4]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[HI]], %[[C4]]
  // CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[MULI1]], %[[C4]]
  // CHECK-NEXT: %[[MINSI1:.*]] = arith.minsi %[[MINSI]], %[[C4]]
  // CHECK-NEXT: %[[LOAD:.*]] = memref.load %[[RATE]][] : memref<f32>
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[MULI]] to %[[MINSI1]] step %[[C4]] {
  // CHECK-NEXT: %[[DIVSI:.*]] = arith.divsi %[[ROWS]], %[[C4]]
  // CHECK-NEXT: %[[MULI2:.*]] = arith.muli %[[DIVSI]], %[[C4]]
  // CHECK-NEXT: %[[FOR:.*]]:4 = scf.for %[[I1:.*]] = %[[C0]] to %[[MULI2]] step %[[C4]]
  // CHECK-SAME: iter_args(%[[ACC:.*]] = %[[ZERO]], %[[ACC1:.*]] = %[[ZERO]], %[[ACC2:.*]] = %[[ZERO]], %[[ACC3:.*]] = %[[ZERO]])
  // CHECK-NEXT: %[[LOAD1:.*]] = vector.load %[[X]][%[[I1]], %[[I]]] : memref<5x4xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[ACC]], %[[LOAD1]]
  // CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[I1]], %[[C1]]
  // CHECK-NEXT: %[[LOAD2:.*]] = vector.load %[[X]][%[[ADDI]], %[[I]]] : memref<5x4xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF1:.*]] = arith.addf %[[ACC1]], %[[LOAD2]]
  // CHECK-NEXT: %[[ADDI1:.*]] = arith.addi %[[I1]], %[[C2]]
  // CHECK-NEXT: %[[LOAD3:.*]] = vector.load %[[X]][%[[ADDI1]], %[[I]]] : memref<5x4xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF2:.*]] = arith.addf %[[ACC2]], %[[LOAD3]]
  // CHECK-NEXT: %[[ADDI2:.*]] = arith.addi %[[I1]], %[[C3]]
  // CHECK-NEXT: %[[LOAD4:.*]] = vector.load %[[X]][%[[ADDI2]], %[[I]]] : memref<5x4xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF3:.*]] = arith.addf %[[ACC3]], %[[LOAD4]]
  // CHECK-NEXT: scf.yield %[[ADDF]], %[[ADDF1]], %[[ADDF2]], %[[ADDF3]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[FOR1:.*]] = scf.for %[[I2:.*]] = %[[MULI2]] to %[[ROWS]] step %[[C1]] iter_args(%[[ACC4:.*]] = %[[FOR]]#0)
  // CHECK-NEXT: %[[LOAD5:.*]] = vector.load %[[X]][%[[I2]], %[[I]]] : memref<5x4xf32>, vector<4xf32>
  // CHECK-NEXT: %[[ADDF4:.*]] = arith.addf %[[ACC4]], %[[LOAD5]]
  // CHECK-NEXT: scf.yield %[[ADDF4]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[ADDF5:.*]] = arith.addf %[[FOR1]], %[[FOR]]#1
  // CHECK-NEXT: %[[ADDF6:.*]] = arith.addf %[[FOR]]#2, %[[FOR]]#3
  // CHECK-NEXT: %[[ADDF7:.*]] = arith.addf %[[ADDF5]], %[[ADDF6]]
  // CHECK-NEXT: %[[LOAD6:.*]] = vector.load %[[B]][%[[I]]] : memref<4xf32>, vector<4xf32>
  // CHECK-NEXT: %[[BROADCAST:.*]] = vector.broadcast %[[LOAD]] : f32 to vector<4xf32>
  // CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[ADDF7]], %[[BROADCAST]]
  // CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[LOAD6]], %[[MULF]]
  // CHECK-NEXT: vector.store %[[SUBF]], %[[B]][%[[I]]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // As many columns as rows in the call; the start value comes in at the end.
  // CHECK-LABEL: func.func private @maxima_2(
  // CHECK-SAME: %[[X:[^:]*]]: memref<4x5xf32>, %[[E:[^:]*]]: memref<5xf32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[C3:.*]] = arith.constant 3 : index
  // CHECK-DAG: %[[C2:.*]] = arith.constant 2 : index
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG: %[[MINUS_ONE:.*]] = arith.constant dense<-1.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[C8:.*]] = arith.constant 8 : index
  // CHECK: %[[MULI:.*]] = arith.muli %[[LO]], %[[C8]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[HI]], %[[C8]]
  // CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[MULI1]], %[[ROWS]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[MULI]] to %[[MINSI]] step %[[C4]] {
  // CHECK-NEXT: %[[SUBI:.*]] = arith.subi %[[MINSI]], %[[I]]
  // CHECK-NEXT: %[[CREATE_MASK:.*]] = vector.create_mask %[[SUBI]] : vector<4xi1>
  // CHECK-NEXT: %[[MASKEDLOAD:.*]] = vector.maskedload %[[X]][%[[C0]], %[[I]]], %[[CREATE_MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[MASKEDLOAD1:.*]] = vector.maskedload %[[X]][%[[C1]], %[[I]]], %[[CREATE_MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[MASKEDLOAD2:.*]] = vector.maskedload %[[X]][%[[C2]], %[[I]]], %[[CREATE_MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[MASKEDLOAD3:.*]] = vector.maskedload %[[X]][%[[C3]], %[[I]]], %[[CREATE_MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[MAX:.*]] = arith.maximumf %[[MASKEDLOAD1]], %[[MASKEDLOAD]] fastmath<nsz>
  // CHECK-NEXT: %[[MAX1:.*]] = arith.maximumf %[[MASKEDLOAD3]], %[[MASKEDLOAD2]] fastmath<nsz>
  // CHECK-NEXT: %[[MAX2:.*]] = arith.maximumf %[[MAX1]], %[[MAX]] fastmath<nsz>
  // CHECK-NEXT: %[[CMPF:.*]] = arith.cmpf ogt, %[[MINUS_ONE]], %[[MAX2]]
  // CHECK-NEXT: %[[SELECT:.*]] = arith.select %[[CMPF]], %[[MINUS_ONE]], %[[MAX2]]
  // CHECK-NEXT: vector.maskedstore %[[E]][%[[I]]], %[[CREATE_MASK]], %[[SELECT]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return
}

