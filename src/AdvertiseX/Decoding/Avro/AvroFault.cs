namespace AdvertiseX.Decoding.Avro;

/// <summary>What is wrong with a datum.</summary>
internal enum AvroFault
{
    None,

    /// <summary>The bytes end inside a value, or a length points past their end.</summary>
    Truncated,

    /// <summary>A number of more than ten bytes, a boolean that is neither, a negative length.</summary>
    BadNumber,

    /// <summary>A union branch or an enum symbol that the schema does not have.</summary>
    BadBranch,

    /// <summary>Values nested deeper than the limit.</summary>
    TooDeep,

    /// <summary>Few bytes that stand for more values or text than any honest block.</summary>
    TooLarge,

    /// <summary>A text that is no UTF-8. The record is lost, what follows it can be read.</summary>
    BadText,

    /// <summary>A value that the reader's schema has no place for. The record is lost, what follows it can be
    /// read.</summary>
    Mismatch,

    /// <summary>A single message in no known framing, or of a schema that is not known.</summary>
    UnknownSchema,
}
