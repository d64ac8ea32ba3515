// Sums of columns in kernels of rows, compared with the reference interpreter: the gradients of a norm's scale and shift, and
// of a bias before a softmax. 600 columns have a masked tail. 333 rows are no multiple of a part's, of 337 the last part has
// one, and 135 are no multiple of the rows that are interleaved where they do not fit into the first-level cache (2049
// columns), or are short (31, 64: rows in registers). The smaller batch that is compared as well leaves parts without rows.
// RUN: sinterc %s --batch=333 --print-schedules | FileCheck %s --check-prefix=SCHEDULE
// RUN: sinterc %s --batch=333 --verify | FileCheck %s --implicit-check-not=wrong -DROWS="333 rows"
// RUN: sinterc %s --batch=337 --verify | FileCheck %s --implicit-check-not=wrong -DROWS="337 rows"
// RUN: sed 's/f32/f64/g' %s > %t.mlir
// RUN: sinterc %t.mlir --batch=333 --verify | FileCheck %s --implicit-check-not=wrong -DROWS="333 rows"
// RUN: sed 's/600/2049/g' %s > %t.mlir
// RUN: sinterc %t.mlir --batch=135 --verify | FileCheck %s --implicit-check-not=wrong -DROWS="135 rows"
// RUN: sed 's/600/31/g' %s > %t.mlir
// RUN: sinterc %t.mlir --batch=1003 --verify | FileCheck %s --implicit-check-not=wrong -DROWS="1003 rows"
// RUN: sed 's/600/64/g; s/layer_norm %%x, %%g, %%b/rms_norm %%x, %%g/' %s > %t.mlir
// RUN: sinterc %t.mlir --batch=1003 --verify | FileCheck %s --implicit-check-not=wrong -DROWS="1003 rows"

// SCHEDULE: predict/softmax#0 = #sinter.schedule<row, tile = [24, 1, 1]
// SCHEDULE: predict/reduce#0 = #sinter.schedule<column
// CHECK: predict, [[ROWS]]
// CHECK: right output output:
// CHECK: right output output1:
// CHECK: right output output2:
// CHECK: right output output3:
// CHECK: predict, {{[0-9]+}} row
// CHECK: right output output3:
module @partial_sums {
  sinter.parameter @unused : tensor<1xf32> = zeros
  func.func private @energy(%x: tensor<?x600xf32>, %g: tensor<600xf32>, %b: tensor<600xf32>, %s: tensor<600xf32>,
                            %c: tensor<?x600xf32>) -> tensor<f32> {
    %y = sinter.layer_norm %x, %g, %b : tensor<?x600xf32>, tensor<600xf32>
    %p = sinter.mul %y, %c : tensor<?x600xf32>
    %e = sinter.reduce sum %p dims = [0, 1] : tensor<?x600xf32> -> tensor<f32>
    %r = sinter.broadcast %s dims = [1] : tensor<600xf32> -> tensor<?x600xf32>
    %z = sinter.add %c, %r : tensor<?x600xf32>
    %q = sinter.softmax %z dim = 1 : tensor<?x600xf32>
    %t = sinter.mul %q, %x : tensor<?x600xf32>
    %f = sinter.reduce sum %t dims = [0, 1] : tensor<?x600xf32> -> tensor<f32>
    %sum = sinter.add %e, %f : tensor<f32>
    return %sum : tensor<f32>
  }
  sinter.model @gradients(%x: tensor<?x600xf32>, %g: tensor<600xf32>, %b: tensor<600xf32>, %s: tensor<600xf32>,
                          %c: tensor<?x600xf32>)
      -> (tensor<?x600xf32>, tensor<600xf32>, tensor<600xf32>, tensor<600xf32>) {
    %e, %dx, %dg, %db, %ds = sinter.value_and_grad @energy(%x, %g, %b, %s, %c) wrt [0, 1, 2, 3]
        : (tensor<?x600xf32>, tensor<600xf32>, tensor<600xf32>, tensor<600xf32>, tensor<?x600xf32>)
        -> (tensor<f32>, tensor<?x600xf32>, tensor<600xf32>, tensor<600xf32>, tensor<600xf32>)
    sinter.return %dx, %dg, %db, %ds : tensor<?x600xf32>, tensor<600xf32>, tensor<600xf32>, tensor<600xf32>
  }
  sinter.loss @loss(%dx: tensor<?x600xf32>, %dg: tensor<600xf32>, %db: tensor<600xf32>, %ds: tensor<600xf32>)
      -> tensor<f32> {
    %p = sinter.get @unused : tensor<1xf32>
    %l = sinter.reduce sum %p dims = [0] : tensor<1xf32> -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd
}
