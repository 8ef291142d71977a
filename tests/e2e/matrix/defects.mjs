// What is known to be wrong, until it is mended: a cell that shows nothing else fails nothing, and is not counted as held. When
// no cell shows it any more, its mark has to go.
//   on     the kind of page;  of  its reads, its writes, or both
//   seen   how what the cell says begins;  what  what is wrong
export const DEFECTS = [];
