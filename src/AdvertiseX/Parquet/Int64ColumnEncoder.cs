using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>INT64: integers and timestamps.</summary>
internal sealed unsafe class Int64ColumnEncoder(FixedColumn<long> column, int rows, EncodeScratch scratch)
    : NumberColumnEncoder(column.Definition, scratch, narrow: false)
{
    private readonly byte* _validity = Gather.ValidityOf(column, rows);

    protected override int Fetch(int* rows, int count) =>
        Gather.Wide(column.Values, _validity, rows, count, Scratch.Values, Scratch.Valid);

    protected override int FetchPlain(int* rows, int count, byte* to) =>
        Gather.Plain(column.Values, _validity, rows, count, (long*)to, Scratch.Valid);
}
