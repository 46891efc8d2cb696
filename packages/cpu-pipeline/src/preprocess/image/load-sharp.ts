import type sharp from 'sharp';

/** @throws Error that names the package to install. */
export async function loadSharp(): Promise<typeof sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new Error('images need the package "sharp", an optional peer dependency: npm install sharp', { cause });
  }
}
