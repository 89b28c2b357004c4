using System.Text.Json;
using AdvertiseX.Columns;
using AdvertiseX.Contracts;
using AdvertiseX.Events;
using AdvertiseX.Records;

namespace AdvertiseX.Bench;

/// <summary>
/// What a careful author would write with Utf8JsonReader for the same work: each line read once, keys found by a hash
/// of their bytes, values kept as slices in the same slots, escaped text unescaped, objects followed where the contract
/// knows keys inside.
/// </summary>
internal sealed unsafe class Utf8JsonReaderPeer
{
    private readonly RecordSlots _record;
    private readonly Known _root;

    public Utf8JsonReaderPeer(CompiledContract contract, RecordSlots record)
    {
        _record = record;
        _root = new Known(contract.Root);
    }

    public void Decode(Block block)
    {
        var rest = block.Span[block.DataFrom..];
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.Length == 0)
                continue;
            _record.Clear();
            var reader = new Utf8JsonReader(line);
            reader.Read();
            ReadObject(ref reader, _root, line);
        }
    }

    public static void Walk(Block block)
    {
        var rest = block.Span[block.DataFrom..];
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            var reader = new Utf8JsonReader(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[(end + 1)..];
            while (reader.Read()) { }
        }
    }

    private void ReadObject(ref Utf8JsonReader reader, Known known, ReadOnlySpan<byte> line)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var node = known.Find(reader.ValueSpan, out var child);
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                if (child != null && reader.TokenType == JsonTokenType.StartObject)
                    ReadObject(ref reader, child, line);
                else
                    reader.Skip();
                continue;
            }

            if (node is { Slot: >= 0 })
                Store(ref reader, node);
        }
    }

    private void Store(ref Utf8JsonReader reader, FieldNode node)
    {
        var slot = default(Slot);
        var kind = reader.TokenType switch
        {
            JsonTokenType.String => SlotKind.Text,
            JsonTokenType.Number => SlotKind.Number,
            JsonTokenType.True => SlotKind.True,
            JsonTokenType.False => SlotKind.False,
            _ => SlotKind.Null,
        };
        fixed (byte* p = reader.ValueSpan)
            slot.SetText(kind, node.Rank, p, reader.ValueSpan.Length);
        if (reader.ValueIsEscaped)
        {
            var text = _record.Scratch.Take(reader.ValueSpan.Length);
            slot.SetText(kind, node.Rank, text, reader.CopyString(new Span<byte>(text, reader.ValueSpan.Length)));
        }

        _record.Set(node, slot);
    }

    private sealed class Known
    {
        private readonly Dictionary<ulong, (FieldNode Node, Known? Child)> _byHash = [];

        public Known(FieldNode node)
        {
            foreach (var child in node.Children)
                _byHash.Add(StableHash.Hash64(child.Utf8Name), (child, child.HasChildren ? new Known(child) : null));
        }

        public FieldNode? Find(ReadOnlySpan<byte> key, out Known? child)
        {
            if (_byHash.TryGetValue(StableHash.Hash64(key), out var found))
            {
                child = found.Child;
                return found.Node;
            }

            child = null;
            return null;
        }
    }
}
