//! The recording VFS: a thin layer over the system's one.
//!
//! Its file object is ours followed in memory by the system's; every call is passed on to the latter.
//! What changes files is noted when the system has done it.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::size_of;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::{LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};

use libsqlite3_sys as ffi;
use libsqlite3_sys::{sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

/// The name to open a database with.
pub const NAME: &str = "powercut";
const C_NAME: &CStr = c"powercut";

/// Something that changes what is on the disk, or what was promised about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Bytes were handed to the system.
    Write {
        /// The file.
        file: String,
        /// Where.
        offset: u64,
        /// What.
        data: Vec<u8>,
    },
    /// A file was cut to a size.
    Truncate {
        /// The file.
        file: String,
        /// The size.
        size: u64,
    },
    /// Everything handed over before is on the disk.
    Sync {
        /// The file.
        file: String,
    },
    /// A file was deleted.
    Delete {
        /// The file.
        file: String,
    },
    /// The program was told that this change is saved.
    Acknowledged(u64),
}

static EVENTS: Mutex<Vec<Event>> = Mutex::new(Vec::new());

fn events() -> MutexGuard<'static, Vec<Event>> {
    EVENTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes that the program was told so.
pub fn acknowledge(number: u64) {
    events().push(Event::Acknowledged(number));
}

/// Everything recorded since the last call, in order, over all files. The recorder is one for the
/// process: use it from one test at a time.
#[must_use]
pub fn take() -> Vec<Event> {
    std::mem::take(&mut events())
}

/// Folders whose disk is full, or is after so many more syncs.
static FULL: Mutex<Vec<(PathBuf, u32)>> = Mutex::new(Vec::new());

fn full() -> MutexGuard<'static, Vec<(PathBuf, u32)>> {
    FULL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The disk under a folder takes nothing more once `syncs` more syncs are done, until [`free`].
pub fn fill(folder: &Path, syncs: u32) {
    full().push((folder.to_owned(), syncs));
}

/// There is room again.
pub fn free(folder: &Path) {
    full().retain(|(full, _)| full != folder);
}

fn takes(path: &Path) -> bool {
    !full()
        .iter()
        .any(|(folder, syncs)| *syncs == 0 && path.starts_with(folder))
}

fn synced(path: &Path) {
    for (folder, syncs) in full().iter_mut() {
        if path.starts_with(folder) {
            *syncs = syncs.saturating_sub(1);
        }
    }
}

/// The layer, kept for the life of the process.
struct Layer {
    vfs: Box<sqlite3_vfs>,
    real: *mut sqlite3_vfs,
}

// SAFETY: `SQLite` uses a registered VFS from every thread; nothing in it changes after it was made.
unsafe impl Send for Layer {}
// SAFETY: as above.
unsafe impl Sync for Layer {}

static REAL: OnceLock<Layer> = OnceLock::new();

/// Registers the VFS, once; further calls do nothing.
///
/// # Panics
/// When the library has no VFS of the system or refuses the registration.
pub fn record() {
    let layer = REAL.get_or_init(|| {
        // SAFETY: initialising is allowed at any time and from any thread; the default VFS lives as
        // long as the process.
        let real = unsafe {
            ffi::sqlite3_initialize();
            ffi::sqlite3_vfs_find(ptr::null())
        };
        assert!(!real.is_null(), "the library has no VFS of the system");
        // A copy, so that everything not replaced here works on the same application data.
        // SAFETY: `real` points to a VFS, which is plain data.
        let mut vfs = Box::new(unsafe { *real });
        vfs.pNext = ptr::null_mut();
        vfs.zName = C_NAME.as_ptr();
        vfs.szOsFile += size_of::<File>() as c_int;
        vfs.xOpen = Some(open);
        vfs.xDelete = Some(delete);
        Layer { vfs, real }
    });
    // SAFETY: the layer lives in a static; registering the same VFS again is allowed. The library
    // writes only its own list pointer in it, under its own lock.
    let code = unsafe { ffi::sqlite3_vfs_register(ptr::from_ref(&*layer.vfs).cast_mut(), 0) };
    assert_eq!(code, ffi::SQLITE_OK, "the recording VFS was refused");
}

/// The file object: `SQLite`'s part first, then ours; the system's follows in memory.
#[repr(C)]
struct File {
    base: sqlite3_file,
    names: *mut Names,
}

/// What a file is called.
struct Names {
    name: String,
    path: PathBuf,
}

/// The system's file object behind ours.
unsafe fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: `szOsFile` asked for room for both, one after the other; `File` is a multiple of the
    // alignment of a pointer, which is all the system's object needs.
    unsafe { file.cast::<File>().add(1).cast() }
}

/// The methods of the system's file object.
unsafe fn methods(file: *mut sqlite3_file) -> &'static sqlite3_io_methods {
    // SAFETY: a file that `SQLite` uses was opened, so its methods are set and static.
    unsafe { &*(*real(file)).pMethods }
}

impl Names {
    fn of(path: *const c_char) -> Self {
        let name = name_of(path);
        let path = if path.is_null() {
            PathBuf::new()
        } else {
            // SAFETY: the library passes a path that ends in a zero byte.
            PathBuf::from(unsafe { CStr::from_ptr(path) }.to_string_lossy().as_ref())
        };
        Self { name, path }
    }
}

fn name_of(path: *const c_char) -> String {
    if path.is_null() {
        return String::new();
    }
    // SAFETY: the library passes a path that ends in a zero byte.
    let path = unsafe { CStr::from_ptr(path) }.to_string_lossy();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    path: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let (Some(layer), ours) = (REAL.get(), file.cast::<File>()) else {
        return ffi::SQLITE_ERROR;
    };
    // SAFETY: the library gives room of `szOsFile` bytes for the file object; the system's open fills
    // the part that is its own. Methods stay null when it fails, so that it is not closed.
    unsafe {
        (*ours).base.pMethods = ptr::null();
        (*ours).names = ptr::null_mut();
        let Some(open) = (*layer.real).xOpen else {
            return ffi::SQLITE_ERROR;
        };
        let code = open(layer.real, path, real(file), flags, out);
        if code == ffi::SQLITE_OK {
            (*ours).base.pMethods = &raw const *METHODS;
            (*ours).names = Box::into_raw(Box::new(Names::of(path)));
        }
        code
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, path: *const c_char, sync: c_int) -> c_int {
    let Some(layer) = REAL.get() else {
        return ffi::SQLITE_ERROR;
    };
    // SAFETY: the arguments are passed on as they came.
    let code = unsafe {
        let Some(delete) = (*layer.real).xDelete else {
            return ffi::SQLITE_ERROR;
        };
        delete(layer.real, path, sync)
    };
    if code == ffi::SQLITE_OK {
        events().push(Event::Delete {
            file: name_of(path),
        });
    }
    code
}

/// Notes an event of a file that has a name; temporary files have none.
unsafe fn note(file: *mut sqlite3_file, event: impl FnOnce(String) -> Event) {
    // SAFETY: `open` set the name, and `close` is the last call for a file.
    let name = unsafe { &(*(*file.cast::<File>()).names).name };
    if !name.is_empty() {
        events().push(event(name.clone()));
    }
}

/// Passes a call on to the system's file object.
macro_rules! pass {
    ($file:expr, $method:ident $(, $argument:expr)*) => {{
        // SAFETY: `SQLite` calls this for an open file with arguments that fit the system's method.
        unsafe {
            match methods($file).$method {
                Some(method) => method(real($file) $(, $argument)*),
                None => ffi::SQLITE_ERROR,
            }
        }
    }};
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let code = pass!(file, xClose);
    // SAFETY: the name was made by `open` from a box, and this is the last call for the file.
    unsafe {
        let ours = file.cast::<File>();
        drop(Box::from_raw((*ours).names));
        (*ours).base.pMethods = ptr::null();
    }
    code
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    length: c_int,
    offset: i64,
) -> c_int {
    pass!(file, xRead, into, length, offset)
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    data: *const c_void,
    length: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: the file is open, so its names are set.
    if !takes(unsafe { &(*(*file.cast::<File>()).names).path }) {
        return ffi::SQLITE_FULL;
    }
    let code = pass!(file, xWrite, data, length, offset);
    if code == ffi::SQLITE_OK {
        // SAFETY: the library passes `length` readable bytes.
        let data =
            unsafe { std::slice::from_raw_parts(data.cast::<u8>(), length as usize) }.to_vec();
        // SAFETY: the file is open.
        unsafe {
            note(file, |file| Event::Write {
                file,
                offset: offset as u64,
                data,
            });
        };
    }
    code
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    let code = pass!(file, xTruncate, size);
    if code == ffi::SQLITE_OK {
        // SAFETY: the file is open.
        unsafe {
            note(file, |file| Event::Truncate {
                file,
                size: size as u64,
            });
        };
    }
    code
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    let code = pass!(file, xSync, flags);
    if code == ffi::SQLITE_OK {
        // SAFETY: the file is open, so its names are set.
        synced(unsafe { &(*(*file.cast::<File>()).names).path });
        // SAFETY: the file is open.
        unsafe { note(file, |file| Event::Sync { file }) };
    }
    code
}

unsafe extern "C" fn size(file: *mut sqlite3_file, size: *mut i64) -> c_int {
    pass!(file, xFileSize, size)
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    pass!(file, xLock, level)
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    pass!(file, xUnlock, level)
}

unsafe extern "C" fn is_reserved(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    pass!(file, xCheckReservedLock, out)
}

unsafe extern "C" fn control(file: *mut sqlite3_file, op: c_int, argument: *mut c_void) -> c_int {
    pass!(file, xFileControl, op, argument)
}

unsafe extern "C" fn sector(file: *mut sqlite3_file) -> c_int {
    pass!(file, xSectorSize)
}

unsafe extern "C" fn characteristics(file: *mut sqlite3_file) -> c_int {
    pass!(file, xDeviceCharacteristics)
}

unsafe extern "C" fn shared_map(
    file: *mut sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    pass!(file, xShmMap, page, size, extend, out)
}

unsafe extern "C" fn shared_lock(
    file: *mut sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    pass!(file, xShmLock, offset, count, flags)
}

unsafe extern "C" fn shared_barrier(file: *mut sqlite3_file) {
    // SAFETY: as in `pass`; a barrier returns nothing.
    unsafe {
        if let Some(barrier) = methods(file).xShmBarrier {
            barrier(real(file));
        }
    }
}

unsafe extern "C" fn shared_unmap(file: *mut sqlite3_file, delete: c_int) -> c_int {
    pass!(file, xShmUnmap, delete)
}

/// Version 2: shared memory for the log, but no mapping of the file, which would go past the recorder.
static METHODS: LazyLock<sqlite3_io_methods> = LazyLock::new(|| sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(is_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shared_map),
    xShmLock: Some(shared_lock),
    xShmBarrier: Some(shared_barrier),
    xShmUnmap: Some(shared_unmap),
    xFetch: None,
    xUnfetch: None,
});
