using AdvertiseX.Columns;

namespace AdvertiseX.Parquet;

/// <summary>A column that no row sets: one page of nulls.</summary>
internal sealed unsafe class NullColumnEncoder(ColumnDefinition definition, EncodeScratch scratch)
    : ColumnEncoder(definition, scratch)
{
    public override void Encode(int* rows, int count, ChunkWriter pages, ColumnChunkMetadata chunk) =>
        AddNullPage(pages, count);
}
