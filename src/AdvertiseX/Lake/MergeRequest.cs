using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Lake;

/// <summary>What a merge has to write.</summary>
/// <param name="Table">The table of the files.</param>
/// <param name="Columns">The columns of its files, in order; a file that lacks one has nulls there.</param>
/// <param name="Inputs">Files of one partition.</param>
/// <param name="Parts">A file for each, in this order; null for one file of all rows.</param>
/// <param name="Order">The columns by which the rows of a file are ordered.</param>
/// <param name="Fold">How rows of the same cell are added up; null to keep every row.</param>
internal sealed record MergeRequest(
    LakeTable Table,
    IReadOnlyList<DeltaColumn> Columns,
    IReadOnlyList<AddFile> Inputs,
    IReadOnlyList<SlicePart>? Parts,
    IReadOnlyList<string> Order,
    SumFold? Fold
);
