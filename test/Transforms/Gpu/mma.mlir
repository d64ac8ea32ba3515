// Products by matrix instructions: operands as they lie, in chunks where they can be cut into such; prologues and remainders element by element.
// RUN: sinter-opt %s --sinter-emit-device-kernels --canonicalize --cse | FileCheck %s
// RUN: sinter-opt %s --sinter-emit-device-kernels=tf32 --canonicalize --cse | FileCheck %s --check-prefix=TF32

#mk = affine_map<(m, n, k) -> (m, k)>
#km = affine_map<(m, n, k) -> (k, m)>
#kn = affine_map<(m, n, k) -> (k, n)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
module attributes {sinter.batch = 64 : i64} {
  // Both along k: no matrix is transposed. Three stages of 32 x 32 for each side; a chunk for each of 128 threads.
  // CHECK-LABEL: gpu.func @k_nt_0(
  // CHECK-SAME: workgroup(%{{.*}} : memref<12288xi8, #gpu.address_space<workgroup>>
  // CHECK-SAME: known_block_size = array<i32: 128, 1, 1>, sinter.grid = array<i64: 1, 0, 32, 2>
  // CHECK-COUNT-2: nvgpu.device_async_copy {{.*}}, 8, %{{.*}} {bypassL1} : memref<{{.*}}xbf16> to memref<3x32x32xbf16
  // CHECK: nvvm.cp.async.commit.group
  // CHECK: nvvm.cp.async.commit.group
  // CHECK: scf.for
  // CHECK: nvvm.cp.async.wait.group 1
  // CHECK-NEXT: gpu.barrier
  // CHECK: nvgpu.ldmatrix {{.*}} {numTiles = 4 : i32, transpose = false} : memref<3x32x32xbf16
  // CHECK: nvvm.mma.sync {{.*}} shape = #nvvm.shape<m = 16, n = 8, k = 16>
  // CHECK-NOT: transpose = true
  // CHECK: nvvm.cp.async.wait.group 0
  // TF32-LABEL: gpu.func @k_nt_0(
  // TF32: k = 16
  func.func @nt(%x: tensor<?x40xbf16>, %w: tensor<48x40xbf16>, %y: tensor<?x48xf32>) -> tensor<?x48xf32> {
    %r = sinter.kernel "nt" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 40, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x40xbf16>, tensor<48x40xbf16>) outs(%y : tensor<?x48xf32>) -> tensor<?x48xf32> {
    ^bb0(%a: tensor<?x40xbf16>, %b: tensor<48x40xbf16>, %out: tensor<?x48xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x48xf32>) -> tensor<?x48xf32>
      %p = linalg.generic {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<?x40xbf16>, tensor<48x40xbf16>) outs(%init : tensor<?x48xf32>) {
      ^bb0(%l: bf16, %q: bf16, %c: f32):
        %u = arith.extf %l : bf16 to f32
        %v = arith.extf %q : bf16 to f32
        %m = arith.mulf %u, %v : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x48xf32>
      sinter.yield %p : tensor<?x48xf32>
    }
    return %r : tensor<?x48xf32>
  }

  // Both across k, the batch: `ldmatrix` transposes. Rows of 44 halves are no whole chunks: element by element.
  // CHECK-LABEL: gpu.func @k_tn_1(
  // CHECK: nvgpu.device_async_copy {{.*}} : memref<{{.*}}xf16> to memref<3x32x32xf16
  // CHECK-NOT: nvgpu.device_async_copy
  // CHECK: memref.store {{.*}} : memref<3x32x32xf16
  // CHECK: scf.for
  // CHECK-COUNT-4: nvgpu.ldmatrix {{.*}} transpose = true} : memref<3x32x32xf16
  // CHECK: nvvm.mma.sync {{.*}} (vector<2xf16>, vector<2xf16>, f32)
  func.func @tn(%x: tensor<?x40xf16>, %g: tensor<?x44xf16>, %y: tensor<40x44xf32>) -> tensor<40x44xf32> {
    %r = sinter.kernel "tn" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 40, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %g : tensor<?x40xf16>, tensor<?x44xf16>) outs(%y : tensor<40x44xf32>) -> tensor<40x44xf32> {
    ^bb0(%a: tensor<?x40xf16>, %b: tensor<?x44xf16>, %out: tensor<40x44xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<40x44xf32>) -> tensor<40x44xf32>
      %p = linalg.generic {indexing_maps = [#km, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<?x40xf16>, tensor<?x44xf16>) outs(%init : tensor<40x44xf32>) {
      ^bb0(%l: f16, %q: f16, %c: f32):
        %u = arith.extf %l : f16 to f32
        %v = arith.extf %q : f16 to f32
        %m = arith.mulf %u, %v : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<40x44xf32>
      sinter.yield %p : tensor<40x44xf32>
    }
    return %r : tensor<40x44xf32>
  }

  // f32 is exact unless asked otherwise. Chunks of four numbers; every number is rounded before it is multiplied.
  // CHECK-LABEL: gpu.func @k_nn_2(
  // CHECK-NOT: nvvm.mma.sync
  // CHECK: math.fma
  // TF32-LABEL: gpu.func @k_nn_2(
  // TF32-COUNT-2: nvgpu.device_async_copy {{.*}}, 4, %{{.*}} {bypassL1} : memref<{{.*}}xf32> to memref<3x{{.*}}xf32
  // TF32-COUNT-16: nvvm.convert.float.to.tf32 {{.*}} {rnd = #nvvm.fp_rnd_mode<rna>}
  // TF32: nvvm.mma.sync {{.*}} shape = #nvvm.shape<m = 16, n = 8, k = 8>
  func.func @nn(%x: tensor<?x40xf32>, %w: tensor<40x48xf32>, %y: tensor<?x48xf32>) -> tensor<?x48xf32> {
    %r = sinter.kernel "nn" schedule #sinter.schedule<contraction, tile = [2, 2, 2, 1, 1, 40, 0, 0, 0, 0], vector = 4, parallel = true>
        ins(%x, %w : tensor<?x40xf32>, tensor<40x48xf32>) outs(%y : tensor<?x48xf32>) -> tensor<?x48xf32> {
    ^bb0(%a: tensor<?x40xf32>, %b: tensor<40x48xf32>, %out: tensor<?x48xf32>):
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%out : tensor<?x48xf32>) -> tensor<?x48xf32>
      %p = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
          ins(%a, %b : tensor<?x40xf32>, tensor<40x48xf32>) outs(%init : tensor<?x48xf32>) {
      ^bb0(%l: f32, %q: f32, %c: f32):
        %m = arith.mulf %l, %q : f32
        %s = arith.addf %c, %m : f32
        linalg.yield %s : f32
      } -> tensor<?x48xf32>
      sinter.yield %p : tensor<?x48xf32>
    }
    return %r : tensor<?x48xf32>
  }
}
