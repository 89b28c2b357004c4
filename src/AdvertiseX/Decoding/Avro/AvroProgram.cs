using AdvertiseX.Records;

namespace AdvertiseX.Decoding.Avro;

/// <summary>
/// A slot plan as one flat list of ops: records are laid out in line, a union with null is a flag of its value's op.
/// What has no op of its own is an op that calls the plain walk.
/// </summary>
internal sealed class AvroProgram
{
    private readonly List<AvroOp> _ops = [];

    private AvroProgram() { }

    /// <summary>The ops of a plan. The last one's Next is their count.</summary>
    public static AvroOp[] Compile(AvroSlotStep root)
    {
        var program = new AvroProgram();
        program.Add(root, default);
        return [.. program._ops];
    }

    private void Add(AvroSlotStep step, AvroOp op)
    {
        if (step.Action == AvroSlotAction.Union)
        {
            AddUnion(step, op);
            return;
        }

        op.Step = step;
        op.Slot = step.Slot?.Slot ?? -1;
        op.Rank = step.Slot?.Rank ?? 0;
        op.Size = step.Node.FixedBytes;
        op.Code = CodeOf(step);
        var at = _ops.Count;
        _ops.Add(op);
        if (op.Code == AvroOpCode.Enter)
        {
            foreach (var field in step.Steps)
                Add(field, default);
        }

        op.Next = _ops.Count;
        _ops[at] = op;
    }

    private void AddUnion(AvroSlotStep step, AvroOp op)
    {
        var branches = step.Steps;
        var nothing = Array.FindIndex(
            branches,
            b => b.Action == AvroSlotAction.Scalar && b.Node is { Wire: AvroType.Null, Mismatch: null }
        );
        if (branches.Length == 2 && nothing >= 0 && branches[1 - nothing].Action != AvroSlotAction.Union)
        {
            op.Optional = true;
            op.Absent = (byte)(2 * nothing);
            op.Present = (byte)(2 - op.Absent);
            Add(branches[1 - nothing], op);
            return;
        }

        var at = _ops.Count;
        op = new AvroOp
        {
            Code = AvroOpCode.Branch,
            Slot = -1,
            Step = step,
            Branches = new int[branches.Length],
        };
        _ops.Add(op);
        var jumps = new List<int>();
        for (var i = 0; i < branches.Length; i++)
        {
            op.Branches[i] = _ops.Count;
            Add(branches[i], default);
            jumps.Add(_ops.Count);
            _ops.Add(new AvroOp { Code = AvroOpCode.Jump, Step = step });
        }

        op.Next = _ops.Count;
        _ops[at] = op;
        foreach (var jump in jumps)
            _ops[jump] = _ops[jump] with { Next = _ops.Count };
    }

    private static AvroOpCode CodeOf(AvroSlotStep step) =>
        step.Action switch
        {
            AvroSlotAction.Scalar when step.Node.Mismatch is null => ScalarCodeOf(step.Node),
            AvroSlotAction.Record when step.Defaults.Length == 0 => AvroOpCode.Enter,
            AvroSlotAction.Json when step.Node.Wire is AvroType.Array or AvroType.Map or AvroType.Record =>
                AvroOpCode.Json,
            AvroSlotAction.Skip => SkipCodeOf(step.Node),
            _ => AvroOpCode.Plain,
        };

    private static AvroOpCode SkipCodeOf(AvroNode node) =>
        node.Wire switch
        {
            _ when node.FixedBytes >= 0 => AvroOpCode.SkipFixed,
            AvroType.Int or AvroType.Long or AvroType.Enum => AvroOpCode.SkipVarint,
            AvroType.String or AvroType.Bytes => AvroOpCode.SkipBytes,
            _ => AvroOpCode.Plain,
        };

    private static AvroOpCode ScalarCodeOf(AvroNode node) =>
        node.Wire switch
        {
            AvroType.Null => AvroOpCode.Null,
            AvroType.Boolean => AvroOpCode.Boolean,
            AvroType.Int
            or AvroType.Long
                when node.Logical is >= AvroLogicalType.TimestampMillis and <= AvroLogicalType.TimestampNanos =>
                AvroOpCode.Timestamp,
            AvroType.Int
            or AvroType.Long
                when node.Logical == AvroLogicalType.None
                    && node.Reader.Type is not AvroType.Float and not AvroType.Double => AvroOpCode.Integer,
            AvroType.Float => AvroOpCode.Float,
            AvroType.Double => AvroOpCode.Double,
            AvroType.Enum => AvroOpCode.Symbol,
            AvroType.String or AvroType.Bytes when node.Reader.Type == AvroType.String => AvroOpCode.Text,
            AvroType.String or AvroType.Bytes when node.Logical == AvroLogicalType.Decimal => AvroOpCode.Decimal,
            _ => AvroOpCode.Plain,
        };
}
