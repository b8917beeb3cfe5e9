// What constructors assign by `Object.assign`, of which TypeScript sees nothing.

export {}
declare module "../../docs/live/cell.js" {
  interface Cell extends Known, Live {}
}
declare module "../../docs/live/shelf.js" {
  interface Shelf<Kept> extends Shelved<Kept> {
    aside: string
    /** What is kept of a name of which nothing is. */
    nothing: Kept
  }
}
