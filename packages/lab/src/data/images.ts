/** Whether a file is an image, by its name. */
export const isImage = (name: string): boolean => /\.(png|jpe?g|webp|gif|bmp|tiff?|avif)$/i.test(name);
