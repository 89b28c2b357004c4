using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>INT32: integers and dates.</summary>
internal sealed unsafe class Int32ColumnEncoder(FixedColumn<int> column, int rows, EncodeScratch scratch)
    : NumberColumnEncoder(column.Definition, scratch, narrow: true)
{
    private readonly byte* _validity = Gather.ValidityOf(column, rows);

    protected override int Fetch(int* rows, int count) =>
        Gather.Wide(column.Values, _validity, rows, count, Scratch.Values, Scratch.Valid);

    protected override int FetchPlain(int* rows, int count, byte* to) =>
        Gather.Plain(column.Values, _validity, rows, count, (int*)to, Scratch.Valid);
}
